import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { PatchloomError } from '../util/errors.ts';
import { gitFailed, runGit } from './git.ts';
import { commitOf } from './repository.ts';

/**
 * Makes `directory` hold the files of `commit`, writing only what differs from the commit before. Files that git does not know
 * stay; a tracked file that a build has changed is put right. git never writes through a symbolic link, nor a `.git`.
 * A run that was cut short is noticed by its mark, and the directory is then filled afresh.
 * @throws PatchloomError GIT_FAILED, GIT_REF_MISSING
 */
export async function checkOut(repository: string, commit: string, directory: string): Promise<void> {
  if (!/^[0-9a-f]{40,64}$/.test(commit) || (await commitOf(repository, commit)) === null)
    throw new PatchloomError('GIT_REF_MISSING', `there is no commit ${JSON.stringify(commit)} in the mirror`);
  const index = `${directory}.index`;
  const mark = `${directory}.unfinished`;
  if (existsSync(mark)) for (const path of [directory, index, `${index}.lock`]) await remove(path);
  await mkdir(directory, { recursive: true });
  if (!existsSync(index) && (await readdir(directory)).length > 0)
    throw new PatchloomError('GIT_FAILED', `${directory} holds files that are not from a checkout: empty or remove it`);
  await writeFile(mark, `${commit}\n`);
  // Files that only got another owner since, as a build by another user needs, are looked into, so that they are not written anew: make would build
  // all of them again. What a build has changed stays different, and git says so by its exit code.
  if (existsSync(index))
    await runGit(repository, [`--work-tree=${directory}`, 'update-index', '-q', '--refresh'], {
      env: { GIT_INDEX_FILE: index },
    });
  const args = [`--work-tree=${directory}`, 'read-tree', '--reset', '-u', commit];
  const result = await runGit(repository, args, { env: { GIT_INDEX_FILE: index } });
  if (result.code !== 0) throw gitFailed(repository, 'read-tree', result);
  await rm(mark);
}

async function remove(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
}
