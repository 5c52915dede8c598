import { existsSync } from 'node:fs';
import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { gitFailed, runGit } from './git.ts';
import { repositoryExists } from './repository.ts';

/** Every series brings a pack of its own; git looks through them one by one. */
const MOST_PACKS = 50;

/**
 * Puts small packs together where there are many. Nothing is thrown away, so it may run beside anything.
 * @throws PatchloomError GIT_FAILED
 */
export async function keepPacksFew(repository: string): Promise<void> {
  const names = await readdir(join(repository, 'objects', 'pack')).catch(() => []);
  if (names.filter((name) => name.endsWith('.idx')).length <= MOST_PACKS) return;
  const result = await runGit(repository, ['repack', '-d', '-l', '--quiet', '--geometric=2']);
  if (result.code !== 0) throw gitFailed(repository, 'repack', result);
}

/**
 * Moves a repository aside that cannot be read, so that the next fetch makes it afresh; the commits of series are made again from
 * the stored mail, with the same ids.
 * @param now epoch milliseconds, for the name
 * @returns where it was moved to, or null where all is well
 */
export async function setDamagedAside(repository: string, now: number): Promise<string | null> {
  if (!existsSync(repository) || (repositoryExists(repository) && (await isWhole(repository)))) return null;
  const aside = `${repository}.damaged-${now}`;
  await rename(repository, aside);
  return aside;
}

/** Every ref leads to objects that are there. Takes seconds for a large repository. */
async function isWhole(repository: string): Promise<boolean> {
  const result = await runGit(repository, ['fsck', '--connectivity-only', '--no-dangling', '--no-progress']);
  return result.code === 0;
}
