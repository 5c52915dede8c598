import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { removeStaleScratch } from './scratch.ts';

/** git holds the lock of a ref for a moment only. */
const STALE_AFTER = 10 * 60_000;

/**
 * Removes what processes that were killed have left in the repository: directories of a moment, and locks of refs, which git
 * would respect for ever. Young ones may be in use and stay: to be called again after a while, as whoever starts anew at once after a
 * kill finds young ones only.
 */
export async function removeLeftovers(repository: string): Promise<void> {
  await removeStaleScratch(repository);
  const refs = await readdir(join(repository, 'refs'), { recursive: true }).catch(() => []);
  const locks = refs.filter((name) => name.endsWith('.lock')).map((name) => join('refs', name));
  for (const name of [...locks, 'packed-refs.lock', 'HEAD.lock', 'config.lock']) {
    const path = join(repository, name);
    const found = await stat(path).catch(() => null);
    if (found?.isFile() && Date.now() - found.mtimeMs > STALE_AFTER) await rm(path, { force: true });
  }
}
