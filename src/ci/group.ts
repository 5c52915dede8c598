import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type GroupPlace, openPlace } from './group-place.ts';
import type { SandboxLimits } from './run.ts';

/** The control group of one command, in which the kernel counts all of its processes together. */
export interface Group {
  /** Command line that starts the words after it inside the group. */
  readonly enter: readonly string[];
  /** Ends whatever is in the group, also what has left session and process group. Safe to repeat. */
  kill(): Promise<void>;
  /** What the kernel has had to do. Asked for once all have ended. */
  events(): Promise<GroupEvents>;
  /** Ends what is left and takes the group away. */
  remove(): Promise<void>;
}

export interface GroupEvents {
  /** The limit of memory of the group was reached, and it was ended for that. */
  readonly memory: boolean;
  /** Ended because the machine as a whole had no memory left. */
  readonly machine: boolean;
}

/** Makes a group for each command. */
export interface Groups {
  /** Of these the kernel holds the limits. */
  readonly holds: readonly ('memory' | 'pids' | 'cpu')[];
  make(limits: SandboxLimits): Promise<Group>;
}

/** Beside the processes of the command: the programs that start it, and its sandbox. */
const STARTERS = 8;
/** A quarter of what others have: the bot stays quick while builds take all that is left. */
const CPU_WEIGHT = 25;
/** Microseconds in which `cpus` times as many of processor time may be used; the kernel's own value. */
const PERIOD = 100_000;
const REMOVE_TRIES = 200;

/** What this machine gives to this process; in words, where it gives nothing: why. */
export async function groupsOfMachine(): Promise<Groups | string> {
  const place = await openPlace();
  return typeof place === 'string' ? place : openGroups(place);
}

/** @throws where the place cannot be read */
export async function openGroups({ directory }: GroupPlace): Promise<Groups> {
  await removeStale(directory);
  const switched = await readFile(join(directory, 'cgroup.subtree_control'), 'utf8');
  const holds = (['memory', 'pids', 'cpu'] as const).filter((name) => switched.split(/\s+/).includes(name));
  let made = 0;
  return {
    holds,
    make: async (limits) => {
      const path = join(directory, `run.${process.pid}.${++made}`);
      await mkdir(path);
      const set = (file: string, value: number | string) => writeFile(join(path, file), `${value}`);
      await set('memory.max', limits.memoryMiB * 2 ** 20);
      // A kernel without swap accounting, or without swap, has no such file.
      if (existsSync(join(path, 'memory.swap.max'))) await set('memory.swap.max', 0);
      await set('memory.oom.group', 1);
      await set('pids.max', limits.processes + STARTERS);
      if (holds.includes('cpu')) {
        await set('cpu.weight', CPU_WEIGHT);
        const { cpus = null } = limits;
        if (cpus !== null) await set('cpu.max', `${Math.round(cpus * PERIOD)} ${PERIOD}`);
      }
      return groupAt(path);
    },
  };
}

function groupAt(path: string): Group {
  const kill = () => killAll(path);
  return {
    enter: ['sh', '-c', 'echo 0 >"$1/cgroup.procs" && shift && exec "$@"', 'sh', path],
    kill,
    events: async () => {
      const text = await readFile(join(path, 'memory.events'), 'utf8').catch(() => '');
      const count = (name: string) => Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1] ?? 0);
      const killed = count('oom_kill') > 0;
      return { memory: killed && count('oom') > 0, machine: killed && count('oom') === 0 };
    },
    remove: async () => {
      for (let attempt = 0; attempt < REMOVE_TRIES; attempt++) {
        await kill();
        if (await removed(path)) return;
        await sleep(5);
      }
    },
  };
}

async function killAll(path: string): Promise<void> {
  // Of a group that is gone nobody is left.
  await writeFile(join(path, 'cgroup.kill'), '1').catch(() => {});
}

async function removed(path: string): Promise<boolean> {
  try {
    await rmdir(path);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

/** What a killed bot has left behind. */
async function removeStale(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const pid = /^run\.(\d{1,10})\.\d+$/.exec(name)?.[1];
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue;
    await groupAt(join(directory, name)).remove();
  }
}
