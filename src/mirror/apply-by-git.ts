import { amSeries } from './am.ts';
import type { Applied, Workshop } from './applied.ts';
import { commitObject } from './engine/commit.ts';
import type { NewObject } from './engine/object.ts';
import { identOf } from './ident.ts';
import { cleanMessage } from './message.ts';
import type { Base, MirrorPatch } from './mirror.ts';
import { Progress } from './progress.ts';
import { refusal, verdictStop } from './stop.ts';
import { treeFaultOf } from './tree-faults.ts';
import { verdictOfApply } from './verdict.ts';

/**
 * Lets `git am` apply the whole series, with a three-way merge where nothing else helps, and makes our own commits of its trees.
 * @param because why the engine has not done it, in words
 */
export async function applyByGit(
  shop: Workshop,
  base: Base,
  baseTree: string,
  patches: readonly MirrorPatch[],
  because: string,
): Promise<Applied> {
  const { repository, git } = shop;
  const progress = new Progress(base, baseTree, patches, 'git-am', because);
  const made: NewObject[] = [];
  const crud = await shop.crud();
  const options = { committer: git.committer, strip: git.strip ?? 1, threeWay: true };
  const outcomes = await amSeries(repository, base.commit, patches, options);
  for (const [at, patch] of patches.entries()) {
    const outcome = outcomes[at];
    const author = identOf(patch.author, patch.authorDate);
    if (outcome === undefined) break;
    if (outcome.kind === 'stopped' || 'problem' in author) {
      const words = 'problem' in author ? author.problem : '';
      const verdict = outcome.kind === 'stopped' ? verdictOfApply(outcome.result, repository) : null;
      progress.stop(patch, verdict === null ? refusal(words) : verdictStop(verdict, patch, base));
      break;
    }
    const tree = outcome.kind === 'commit' ? await treeOf(shop, outcome.commit) : progress.last.tree;
    if (tree === progress.last.tree) {
      progress.skip(patch);
      continue;
    }
    const fault = outcome.kind === 'commit' ? await treeFaultOf(repository, outcome.commit) : null;
    if (fault !== null) {
      progress.stop(patch, refusal(fault));
      break;
    }
    const message = cleanMessage(patch.message);
    const object = commitObject(tree, progress.last.commit, author, git.committer, message, crud);
    made.push(object);
    progress.add({ commit: object.id, tree });
  }
  return progress.result(made);
}

async function treeOf(shop: Workshop, commit: string): Promise<string> {
  return (await shop.objects.commit(commit))?.tree ?? '';
}
