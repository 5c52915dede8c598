import { constants } from 'node:fs';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { describeError } from '../util/errors.ts';

/** A control group (cgroup v2, Documentation/admin-guide/cgroup-v2.rst of Linux) in which groups for runs can be made. */
export interface GroupPlace {
  readonly directory: string;
}

/** Limits are of use only where these two can be set for all processes of a run together. */
const NEEDED = ['memory', 'pids'] as const;
/** Where the bot itself goes: a group that has groups of its own may hold no process. */
const OWN = 'patchloom-bot';
const TRIES = 5;

/**
 * The group of this process, made fit to hold groups of runs: the controllers are switched on in it, and its processes move into a group below. A
 * group that is shared with programs that have nothing to do with this one is left alone.
 * @returns in words, where there is none: why
 */
export async function openPlace(): Promise<GroupPlace | string> {
  try {
    const own = await ownGroup();
    if (own === null) return 'cgroup v2 is not mounted';
    const { directory, inNamespace } = own;
    if (basename(directory) === OWN) return { directory: dirname(directory) };
    const lacking = await lackingIn(directory);
    if (lacking !== null) return lacking;
    const root = await access(join(directory, 'cgroup.type')).then(
      () => false,
      () => true,
    );
    // The root of all groups may hold processes as well as groups.
    const shared = root ? null : await moveAway(directory, inNamespace);
    if (shared !== null) return shared;
    await writeFile(join(directory, 'cgroup.subtree_control'), await switches(directory));
    return { directory };
  } catch (error) {
    return `the control group cannot be divided: ${describeError(error)}`;
  }
}

/** Null where cgroup v2 is not mounted. `inNamespace`: it is the top of what this process can see, as in a container. */
async function ownGroup(): Promise<{ readonly directory: string; readonly inNamespace: boolean } | null> {
  const path = /^0::(\/.*)$/m.exec(await readFile('/proc/self/cgroup', 'utf8'))?.[1];
  const mounts = await readFile('/proc/self/mountinfo', 'utf8');
  // "36 35 98:0 ROOT POINT options - cgroup2 …": proc_pid_mountinfo(5).
  const [, root, point] = /^\d+ \d+ \S+ (\S+) (\S+) .* - cgroup2 /m.exec(mounts) ?? [];
  if (path === undefined || root === undefined || point === undefined) return null;
  const below = root !== '/' && path.startsWith(root) ? path.slice(root.length) : path;
  return { directory: join(point, below), inNamespace: path === '/' };
}

/** What the group lacks, in words, or null. */
async function lackingIn(directory: string): Promise<string | null> {
  const there = await wordsIn(join(directory, 'cgroup.controllers'));
  const missing = NEEDED.filter((name) => !there.includes(name));
  if (missing.length > 0) return `cgroup v2 has no controller for ${missing.join(' and ')} in ${directory}`;
  for (const path of [directory, join(directory, 'cgroup.procs'), join(directory, 'cgroup.subtree_control')]) {
    try {
      await access(path, constants.W_OK);
    } catch {
      return `${path} is not writable: under systemd give the service Delegate=yes`;
    }
  }
  return null;
}

/** @returns in words, where the processes there are not ours to move */
async function moveAway(directory: string, all: boolean): Promise<string | null> {
  const own = await lineage(process.pid);
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const pids = (await wordsIn(join(directory, 'cgroup.procs'))).map(Number);
    if (pids.length === 0) return null;
    for (const pid of pids) {
      const ours = all || own.includes(pid) || (await lineage(pid)).includes(process.pid);
      if (!ours)
        return `${directory} is shared with other programs (process ${pid}): give the bot a service of its own`;
    }
    await mkdir(join(directory, OWN), { recursive: true });
    for (const pid of pids) {
      // One that has ended meanwhile needs no new place.
      await writeFile(join(directory, OWN, 'cgroup.procs'), `${pid}`).catch(() => {});
    }
  }
  return `${directory} is never empty`;
}

/** A process and those above it. */
async function lineage(pid: number): Promise<readonly number[]> {
  const found: number[] = [];
  for (let at = pid; at > 0; ) {
    found.push(at);
    const status = await readFile(`/proc/${at}/status`, 'latin1').catch(() => '');
    at = Number(/^PPid:\s+(\d+)/m.exec(status)?.[1] ?? 0);
  }
  return found;
}

/** `+memory +pids +cpu`: what the group has of those that limits are set with. */
async function switches(directory: string): Promise<string> {
  const there = await wordsIn(join(directory, 'cgroup.controllers'));
  return [...NEEDED, 'cpu'].flatMap((name) => (there.includes(name) ? [`+${name}`] : [])).join(' ');
}

async function wordsIn(file: string): Promise<readonly string[]> {
  return (await readFile(file, 'utf8')).split(/\s+/).filter(Boolean);
}
