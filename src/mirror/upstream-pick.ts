import { join } from 'node:path';
import { mkdir } from 'node:fs/promises';
import { gitFailed, gitText, runGit } from './git.ts';
import { withScratch } from '../util/scratch.ts';

/** clean: applies as it is; merged: with a three-way merge; conflict: somebody has to work on it. */
export type PickResult = 'clean' | 'merged' | 'conflict';

/**
 * Tries commits on a branch, each by itself. Nothing is written into the repository.
 * @param place an existing directory for files of a moment
 * @param tip commit id of the branch
 * @throws PatchloomError GIT_FAILED
 */
export async function tryPicks(
  repository: string,
  place: string,
  tip: string,
  commits: readonly string[],
): Promise<ReadonlyMap<string, PickResult>> {
  const results = new Map<string, PickResult>();
  await withScratch(place, async (scratch) => {
    const objects = join(scratch, 'objects');
    await mkdir(objects);
    const env = {
      GIT_INDEX_FILE: join(scratch, 'index'),
      GIT_OBJECT_DIRECTORY: objects,
      GIT_ALTERNATE_OBJECT_DIRECTORIES: join(repository, 'objects'),
    };
    await gitText(repository, ['read-tree', tip], { env });
    for (const commit of commits) results.set(commit, await tryPick(repository, tip, commit, env));
  });
  return results;
}

/** A commit taken onto a branch. */
export interface Picked {
  readonly commit: string;
  readonly tree: string;
}

/**
 * Makes the commit that `git cherry-pick -x` would make on a branch, without a work tree. No ref points to it: it is for a build.
 * The same pick on the same branch is the same commit. Null where it conflicts.
 * @throws PatchloomError GIT_FAILED
 */
export async function pickOnto(repository: string, place: string, tip: string, commit: string): Promise<Picked | null> {
  let picked: Picked | null = null;
  await withScratch(place, async (scratch) => {
    const index = { GIT_INDEX_FILE: join(scratch, 'index') };
    await gitText(repository, ['read-tree', tip], { env: index });
    const applied = await runGit(repository, ['apply', '--cached', '--3way', '-'], {
      env: index,
      input: await diffOf(repository, commit, index),
    });
    if (applied.code !== 0) return;
    const tree = await gitText(repository, ['write-tree'], { env: index });
    const format = '--format=%an%x00%ae%x00%ad%x00%cn%x00%ce%x00%cd%x00%B';
    const shown = await gitText(repository, ['show', '--no-patch', '--date=raw', format, commit]);
    const [an = '', ae = '', ad = '', cn = '', ce = '', cd = '', message = ''] = shown.split('\0');
    const env = {
      ...index,
      GIT_AUTHOR_NAME: an,
      GIT_AUTHOR_EMAIL: ae,
      GIT_AUTHOR_DATE: ad,
      GIT_COMMITTER_NAME: cn,
      GIT_COMMITTER_EMAIL: ce,
      GIT_COMMITTER_DATE: cd,
    };
    const input = `${message.trimEnd()}\n(cherry picked from commit ${commit})\n`;
    picked = { tree, commit: await gitText(repository, ['commit-tree', '-p', tip, tree], { env, input }) };
  });
  return picked;
}

async function diffOf(repository: string, commit: string, env: Readonly<Record<string, string>>): Promise<Uint8Array> {
  const options = ['-p', '--binary', '--full-index', '--no-ext-diff', '--no-textconv'];
  const diff = await runGit(repository, ['diff-tree', ...options, commit], { env });
  if (diff.code !== 0) throw gitFailed(repository, 'diff-tree', diff);
  // Its first line names the commit.
  return diff.stdout.subarray(diff.stdout.indexOf('\n') + 1);
}

async function tryPick(
  repository: string,
  tip: string,
  commit: string,
  env: Readonly<Record<string, string>>,
): Promise<PickResult> {
  const input = await diffOf(repository, commit, env);
  const clean = await runGit(repository, ['apply', '--cached', '--check', '-'], { env, input });
  if (clean.code === 0) return 'clean';
  const merged = await runGit(repository, ['apply', '--cached', '--3way', '-'], { env, input });
  await gitText(repository, ['read-tree', tip], { env });
  return merged.code === 0 ? 'merged' : 'conflict';
}
