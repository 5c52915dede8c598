import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { exec } from '../../src/util/exec.ts';

/** Whom a server runs as: nobody where the tests run as root, else ourselves. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
  readonly user: string;
  readonly group: string;
}

export async function serverUser(): Promise<ServerUser> {
  const { uid, gid, username } = userInfo();
  if (uid === 0) return { uid: 65534, gid: 65534, user: 'nobody', group: 'nogroup' };
  return { uid, gid, user: username, group: (await exec('id', ['-gn'])).stdout.toString().trim() };
}

/** A directory of its own for one server, owned by its user. */
export async function serverDirectory(owner: ServerUser): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'patchloom-server-'));
  await chown(directory, owner.uid, owner.gid);
  return directory;
}

/** Makes directories that the server's user owns; parents come before children. */
export async function makeDirectories(owner: ServerUser, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    if ((await mkdir(path, { recursive: true, mode: 0o755 })) !== undefined) await chown(path, owner.uid, owner.gid);
  }
}

/** Writes a file that the server's user owns. */
export async function writeOwned(owner: ServerUser, path: string, text: string | Uint8Array): Promise<void> {
  await writeFile(path, text);
  await chown(path, owner.uid, owner.gid);
}

/** Fills `@NAME@` in a template of test/fixtures/servers. */
export async function fillTemplate(name: string, values: Readonly<Record<string, string | number>>): Promise<string> {
  const text = await readFile(join(import.meta.dirname, '..', 'fixtures', 'servers', name), 'utf8');
  return text.replace(/@([A-Z]+)@/g, (whole, key: string) => String(values[key] ?? whole));
}

/** A port of 127.0.0.1 that nobody listens on now. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** A server program in a process group of its own, started and killed as often as a test wants. */
export class ServerProcess {
  readonly #command: readonly [string, ...string[]];
  readonly #owner: ServerUser;
  readonly #ready: () => Promise<boolean>;
  #child: ChildProcess | null = null;
  #said = '';

  /** @param ready whether it answers; where not given, whether it greets on its port */
  constructor(
    command: readonly [string, ...string[]],
    owner: ServerUser,
    port: number,
    ready: () => Promise<boolean> = () => greets(port),
  ) {
    this.#command = command;
    this.#owner = owner;
    this.#ready = ready;
  }

  /** Resolves once the server answers. @throws with what it said where it does not within 10 s. */
  async start(): Promise<void> {
    const [file, ...args] = this.#command;
    const { uid, gid } = this.#owner;
    const identity = process.getuid?.() === 0 ? { uid, gid } : {};
    const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };
    const child = spawn(file, args, { ...identity, env, cwd: '/', detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    child.on('error', (error) => (this.#said += String(error)));
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (this.#said += chunk.toString()));
    const end = Date.now() + 10_000;
    while (!(await this.#ready())) {
      if (Date.now() > end || child.exitCode !== null) throw new Error(`${file} did not start: ${this.#said}`);
      await sleep(10);
    }
  }

  /** Sends a signal to the server itself, and waits for its end. */
  async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }

  /** SIGKILL to the whole group: the fault of a power cut. Resolves once none of it has anything open. */
  async kill9(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child?.pid === undefined) return;
    const { pid } = child;
    await freeze(pid);
    const pids = (await processes()).filter(({ parent }) => parent === pid).map((one) => one.pid);
    for (const target of [...pids, -pid]) {
      try {
        process.kill(target, 'SIGKILL');
      } catch {
        // It is gone already.
      }
    }
    // A new server on the same sockets takes one that is still dying for a rival.
    const dying = (one: ProcessState): boolean =>
      (one.group === pid || pids.includes(one.pid)) && one.state !== 'Z' && one.state !== 'X';
    while ((await processes()).some(dying)) await sleep(2);
  }
}

/** Stops a process where it is: PostgreSQL's first starts new ones as soon as it sees that another has died, and those outlive it. */
async function freeze(pid: number): Promise<void> {
  try {
    process.kill(pid, 'SIGSTOP');
  } catch {
    return;
  }
  while ((await processes()).some((one) => one.pid === pid && 'RSD'.includes(one.state))) await sleep(1);
}

interface ProcessState {
  readonly pid: number;
  readonly state: string;
  readonly parent: number;
  readonly group: number;
}

/** All processes of the machine. The children of PostgreSQL's first process have groups of their own. */
async function processes(): Promise<ProcessState[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const texts = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '')));
  // proc(5): the name stands in brackets and may hold anything.
  return texts.flatMap((text, index) => {
    const match = /\) (\S) (\d+) (\d+) /.exec(text.slice(text.lastIndexOf(')')));
    if (match === null) return [];
    return [{ pid: pids[index] ?? 0, state: match[1] ?? '', parent: Number(match[2]), group: Number(match[3]) }];
  });
}

/** Removes a server's directory, also where a dying child still writes into it. */
export async function removeDirectory(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}

function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    const done = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(2_000, () => done(false));
    socket.once('data', () => done(true));
    socket.once('error', () => done(false));
    socket.once('close', () => done(false));
  });
}
