import { join } from 'node:path';
import { mkdir } from 'node:fs/promises';
import { gitText, runGit } from './git.ts';
import { withScratch } from './scratch.ts';

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

async function tryPick(
  repository: string,
  tip: string,
  commit: string,
  env: Readonly<Record<string, string>>,
): Promise<PickResult> {
  const diff = await runGit(repository, ['diff-tree', '-p', '--binary', '--full-index', '--no-ext-diff', commit], {
    env,
  });
  const head = diff.stdout.indexOf('\n') + 1;
  const input = diff.stdout.subarray(head);
  const clean = await runGit(repository, ['apply', '--cached', '--check', '-'], { env, input });
  if (clean.code === 0) return 'clean';
  const merged = await runGit(repository, ['apply', '--cached', '--3way', '-'], { env, input });
  await gitText(repository, ['read-tree', tip], { env });
  return merged.code === 0 ? 'merged' : 'conflict';
}
