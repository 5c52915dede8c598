import { readFile, readdir } from 'node:fs/promises';
import { type Room, roomOf, sizeOf } from './build-directory.ts';
import type { SandboxLimits } from './run.ts';

const TICK = 500;
const MEASURE_EVERY = 30_000;

/**
 * Looks twice a second whether the processes below `pid` and the folders that they write to keep within the limits that no rlimit can hold: those on all of
 * them together. Calls `stop` once with the limit in words. Returns the function that ends the watch.
 * @param pid null where the kernel holds the limit of memory itself
 */
export function watchLimits(
  pid: number | null,
  directories: readonly string[],
  limits: SandboxLimits,
  stop: (limit: string) => void,
): () => void {
  let ended = false;
  let busy = false;
  const disk = diskWatch(directories, limits.diskMiB);
  const look = async () => {
    const broken = (pid === null ? null : await memoryOver(pid, limits.memoryMiB)) ?? (await disk());
    if (broken === null || ended) return;
    ended = true;
    stop(broken);
  };
  const timer = setInterval(() => {
    if (busy || ended) return;
    busy = true;
    // What cannot be measured now (a process or folder just gone) is measured at the next tick.
    look()
      .catch(() => {})
      .finally(() => {
        busy = false;
      });
  }, TICK);
  return () => {
    ended = true;
    clearInterval(timer);
  };
}

/** Measures the folders, all on one file system, which is slow, only where it has lost room since the last time, or now and then. */
function diskWatch(directories: readonly string[], diskMiB: number): () => Promise<string | null> {
  const limit = diskMiB * 2 ** 20;
  let last: Room | null = null;
  let measured = 0;
  return async () => {
    const room = await roomOf(directories[0] ?? '/');
    if (last !== null && last.bytes - room.bytes < limit / 8 && Date.now() - measured < MEASURE_EVERY) return null;
    last = room;
    const size = await sizeOf(directories);
    measured = Date.now();
    return size !== null && size > limit ? `used more than ${diskMiB} MiB of disk` : null;
  };
}

/** Pages that forked processes share are counted for each of them first, and exactly only when that is too much. */
async function memoryOver(root: number, memoryMiB: number): Promise<string | null> {
  const limit = memoryMiB * 1024;
  const pids = await descendants(root);
  if ((await sum(pids, 'status', /^Rss(?:Anon|Shmem):\s+(\d+) kB/gm)) <= limit) return null;
  const exact = await sum(pids, 'smaps_rollup', /^Pss:\s+(\d+) kB/gm);
  return exact > limit || exact === 0 ? `used more than ${memoryMiB} MiB of memory` : null;
}

/** Kibibytes that the pattern finds in one file of each process. */
async function sum(pids: readonly number[], file: string, pattern: RegExp): Promise<number> {
  let total = 0;
  for (const pid of pids) {
    const text = await readFile(`/proc/${pid}/${file}`, 'latin1').catch(() => '');
    for (const match of text.matchAll(pattern)) total += Number(match[1]);
  }
  return total;
}

/** `root` and every process below it. */
async function descendants(root: number): Promise<readonly number[]> {
  const found = [root];
  // The list grows while it is walked.
  for (const pid of found) {
    const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
    for (const thread of threads) {
      const text = await readFile(`/proc/${pid}/task/${thread}/children`, 'latin1').catch(() => '');
      found.push(...text.split(' ').filter(Boolean).map(Number));
    }
  }
  return found;
}
