import type { Applied, Workshop } from './applied.ts';
import { applyByGit } from './apply-by-git.ts';
import { isAudited, sameAsGit } from './audit.ts';
import { Declined, type Misfit } from './engine/outcome.ts';
import { EngineRun, type ReadPatch, readPatch } from './engine-run.ts';
import type { Base, MirrorPatch } from './mirror.ts';
import type { Objects } from './objects.ts';
import { Progress } from './progress.ts';
import { signedWith } from './sign.ts';
import { misfitStop, refusal } from './stop.ts';
import { mergePatch } from './three-way.ts';

/** How to go on after a patch: with the next one, not at all, or with git for the whole series. */
type Next = 'next' | 'stop' | { readonly toGit: string };

/** Patches with what they touch of the tree that they are to be applied on. Used up by `applyPatches`. */
export interface ReadSeries {
  readonly baseTree: string;
  readonly patches: readonly MirrorPatch[];
  readonly read: readonly ReadPatch[];
  readonly run: EngineRun;
}

/** Reads patches and what they touch of a tree. @throws PatchloomError GIT_FAILED where the repository lacks an object */
export async function readSeries(
  shop: Workshop,
  baseTree: string,
  patches: readonly MirrorPatch[],
): Promise<ReadSeries> {
  const read = patches.map((patch) => readPatch(patch, shop.git.strip ?? 1));
  return { baseTree, patches, read, run: await EngineRun.start(shop.objects, baseTree, read, shop.crud()) };
}

/**
 * Makes commits of patches on a base: the same ids as `git am --committer-date-is-author-date` with the same committer. First in
 * this process; where a patch does not fit, by merging its files; where that is not certain to be what git does, by git itself.
 * Nothing is written, but for objects that git makes in the last case.
 * Signed at last, where the project wants it.
 * @throws PatchloomError GIT_FAILED where the machine or the repository is at fault, SIGNING_FAILED
 */
export async function applyPatches(shop: Workshop, base: Base, series: ReadSeries): Promise<Applied> {
  const made = await applyUnsigned(shop, base, series);
  const applied = {
    ...made,
    because: [made.because, ...series.patches.flatMap(repairOf)].filter((one) => one !== '').join('; '),
  };
  const key = shop.git.sign ?? null;
  return key === null || applied.state !== 'applied' ? applied : signedWith(key, applied);
}

function repairOf({ index, repaired }: MirrorPatch): string[] {
  return repaired === true ? [`patch ${index} says format=flowed and is not: it was read as it was sent`] : [];
}

async function applyUnsigned(shop: Workshop, base: Base, series: ReadSeries): Promise<Applied> {
  const { baseTree, patches, read, run } = series;
  const progress = new Progress(base, baseTree, patches, 'engine');
  for (const one of read) {
    const next = await step(shop, base, run, progress, one);
    if (next === 'stop') break;
    if (next !== 'next') return applyByGit(shop, base, baseTree, patches, next.toGit);
  }
  const applied = progress.result(run.objects);
  if (!isAudited(applied, patches, base) || (await sameAsGit(shop, base, patches, applied))) return applied;
  return applyByGit(shop, base, baseTree, patches, 'git makes something else of it');
}

async function step(shop: Workshop, base: Base, run: EngineRun, progress: Progress, one: ReadPatch): Promise<Next> {
  const outcome = one.kind === 'read' ? run.apply(one.files) : one;
  switch (outcome.kind) {
    case 'refused':
      progress.stop(one.patch, refusal(outcome.words));
      return 'stop';
    case 'declined':
      return { toGit: `patch ${one.patch.index} was left to git: ${outcome.words}` };
    case 'already':
      progress.skip(one.patch);
      return 'next';
    case 'applied':
      return commit(shop, run, progress, one);
    case 'misfit':
      return merge(shop, base, run, progress, one, outcome.misfit);
  }
}

function commit(shop: Workshop, run: EngineRun, progress: Progress, one: ReadPatch): Next {
  if (one.kind !== 'read') throw new Error('only what was read is committed');
  try {
    progress.add(run.commit(one.patch, one.author, progress.last.commit, shop.git.committer));
    return 'next';
  } catch (error) {
    if (error instanceof Declined) return { toGit: error.message };
    throw error;
  }
}

/** The patch does not fit: each file is merged where the diff names the version that its author had. */
async function merge(
  shop: Workshop,
  base: Base,
  run: EngineRun,
  progress: Progress,
  one: ReadPatch,
  misfit: Misfit,
): Promise<Next> {
  if (one.kind !== 'read') throw new Error('only what was read can fail to fit');
  const { patch, files } = one;
  const merged = await mergePatch(shop.repository, shop.objects, run.tree, files, run.budget, run.put);
  if (merged === null) {
    if (await gitMayMerge(shop.objects, one))
      return { toGit: `patch ${patch.index} does not fit, and its files come, go or move` };
    progress.stop(patch, misfitStop(one, base, misfit));
    return 'stop';
  }
  progress.step = 'merge';
  progress.because = `patch ${patch.index} fits only after a three-way merge`;
  if (merged) return commit(shop, run, progress, one);
  progress.skip(patch);
  return 'next';
}

/** True where git could merge what the engine cannot: the versions that the author had are all here, and files come, go or move. */
async function gitMayMerge(objects: Objects, one: ReadPatch & { kind: 'read' }): Promise<boolean> {
  if (one.files.every(({ from, to }) => from === to)) return false;
  for (const { from, oldId } of one.files)
    if (from !== null && (oldId === null || (await objects.findBlob(oldId)) === null)) return false;
  return true;
}
