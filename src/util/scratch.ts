import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { processSpace, startOf } from './process-start.ts';

const PREFIX = 'patchloom-scratch-';
const NAME = /^patchloom-scratch-([\w.]*)-(\d{1,10})\.(\d*)-\w+$/;
const DAY = 86_400_000;

/** Calls `use` with a new private directory inside `parent`, which is gone afterwards; its name says whose it is, for `removeStaleScratch`. */
export async function withScratch<T>(parent: string, use: (directory: string) => Promise<T>): Promise<T> {
  const owner = `${await processSpace()}-${process.pid}.${(await startOf(process.pid)) ?? ''}`;
  const directory = await mkdtemp(join(parent, `${PREFIX}${owner}-`));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/**
 * Removes what processes that were killed have left in `parent`. Whether one of another machine or container lives cannot be told: what it
 * has there goes after a day. What may not be removed stays.
 */
export async function removeStaleScratch(parent: string): Promise<void> {
  const space = await processSpace();
  for (const name of await readdir(parent).catch(() => [])) {
    const [, where, pid, start] = NAME.exec(name) ?? [];
    if (where === undefined) continue;
    const path = join(parent, name);
    const dead = where === space ? (await startOf(Number(pid))) !== start : await isOld(path);
    if (dead) await rm(path, { recursive: true, force: true }).catch(() => {});
  }
}

async function isOld(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && Date.now() - found.mtimeMs > DAY;
}
