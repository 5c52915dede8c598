import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startOf } from '../util/process-start.ts';

/** A build directory that nobody else uses meanwhile, in this process or another. */
export interface Slot {
  readonly directory: string;
  release(): Promise<void>;
}

const POLL_MS = 500;

/**
 * Takes the first free of `count` places below `directory`, and waits while there is none. A place whose holder has died is free.
 * @throws the reason of the signal
 */
export async function takeSlot(directory: string, count: number, signal?: AbortSignal): Promise<Slot> {
  for (;;) {
    for (let number = 1; number <= count; number++) {
      const place = join(directory, `${number}`);
      await mkdir(place, { recursive: true });
      const lock = join(place, 'lock');
      if (await tryLock(lock)) return { directory: place, release: () => rm(lock, { force: true }) };
    }
    await sleep(POLL_MS, undefined, signal === undefined ? {} : { signal }).catch(() => {});
    signal?.throwIfAborted();
  }
}

async function tryLock(path: string): Promise<boolean> {
  const own = `${process.pid} ${(await startOf(process.pid)) ?? ''}\n`;
  try {
    const file = await open(path, 'wx');
    await file.writeFile(own);
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const holder = await readFile(path, 'utf8').catch(() => '');
  const [, pid = '', start = ''] = /^(\d{1,10}) (\d*)\n$/.exec(holder) ?? [];
  // An empty file is one that is just being written, or was left by a power cut: then it is old.
  if (holder === '' ? await isYoung(path) : (await startOf(Number(pid))) === start) return false;
  await rm(path, { force: true });
  return tryLock(path);
}

async function isYoung(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch(() => null);
  if (file === null) return false;
  const { mtimeMs } = await file.stat();
  await file.close();
  return Date.now() - mtimeMs < 5_000;
}
