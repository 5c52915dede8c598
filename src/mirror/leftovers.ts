import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { removeStaleScratch } from '../util/scratch.ts';

/** git holds the lock of a ref for a moment only. */
const STALE_AFTER = 10 * 60_000;
/** A pack is written, and then looked through, for hours at the most. */
const PACK_STALE_AFTER = 24 * 3_600_000;

/**
 * Removes what processes that were killed have left in the repository: directories of a moment, half-written objects and packs, and
 * locks of refs, which git would respect for ever. Young ones may be in use and stay: to be called again after a while, as whoever
 * starts anew at once after a kill finds young ones only.
 */
export async function removeLeftovers(repository: string): Promise<void> {
  await removeStaleScratch(repository);
  const refs = await readdir(join(repository, 'refs'), { recursive: true }).catch(() => []);
  const locks = refs.filter((name) => name.endsWith('.lock')).map((name) => join('refs', name));
  for (const name of [...locks, 'packed-refs.lock', 'HEAD.lock', 'config.lock'])
    await removeOlder(join(repository, name), STALE_AFTER);
  const objects = await readdir(join(repository, 'objects'), { recursive: true }).catch(() => []);
  // tmp_pack_, tmp_idx_, tmp_rev_, tmp_obj_: git's own names for what it has not finished.
  for (const name of objects.filter((one) => /(?:^|\/)\.?tmp[_-][^/]+$/.test(one)))
    await removeOlder(join(repository, 'objects', name), PACK_STALE_AFTER);
}

async function removeOlder(path: string, age: number): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found?.isFile() && Date.now() - found.mtimeMs > age) await rm(path, { force: true });
}
