import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { chmod, readFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { exec } from '../util/exec.ts';
import { withScratch } from '../util/scratch.ts';
import type { Program } from './sandbox-args.ts';

/** A started program with everything that it starts. */
export interface ProcessGroup {
  readonly pid: number;
  /** Ends all of it at once (SIGKILL). */
  kill(): void;
  /** Resolves when the program and its process group (and the sandbox, where there is one) are gone and the output is read. */
  readonly ended: Promise<Ending>;
}

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What the program wrote to the status descriptor. */
  readonly status: string;
}

export interface ProgramOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly onOutput: (chunk: Buffer) => void;
}

/** Time for output that is still in the pipe once nobody of the group is left; only a process that left the group keeps it open longer. */
const OUTPUT_GRACE = 500;

/**
 * Starts a program in a session and process group of its own, standard output and error in one pipe, in the order written.
 * @throws the spawn error (ENOENT …) where it could not be started.
 */
export async function startGroup(program: Program, options: ProgramOptions): Promise<ProcessGroup> {
  const pipe = await openPipe();
  const child = spawn(program.file, program.args, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ['ignore', pipe.writer, pipe.writer, 'pipe', ...program.feeds.map(() => 'pipe' as const)],
  });
  closeSync(pipe.writer);
  const output = pipe.reader.on('data', options.onOutput);
  const drained = new Promise<void>((resolve) => output.once('close', resolve));
  output.on('error', () => output.destroy());
  try {
    await started(child);
  } catch (error) {
    output.destroy();
    throw error;
  }
  const pid = child.pid ?? 0;
  feed(child, program.feeds);
  const kill = () => killGroup(pid);
  return { pid, kill, ended: ending(child, pid, output, drained) };
}

/**
 * A named pipe, because Node's own pipes are sockets, and a command that opens /dev/stderr again (`tee /dev/stderr`) fails on a socket. Anybody may
 * write to it for the same reason: the command may run as another user. Its name is gone before the command starts.
 */
function openPipe(): Promise<{ reader: Socket; writer: number }> {
  return withScratch(tmpdir(), async (folder) => {
    const path = join(folder, 'output');
    await exec('mkfifo', [path]);
    await chmod(path, 0o666);
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = openSync(path, constants.O_WRONLY);
    return { reader: new Socket({ fd, readable: true, writable: false }), writer };
  });
}

function started(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
}

function feed(child: ChildProcess, feeds: readonly string[]): void {
  for (const [number, text] of feeds.entries()) {
    const stream = child.stdio[4 + number] as Writable | undefined;
    // A program that ends before it has read is told by its exit code, not by EPIPE.
    stream?.on('error', () => {});
    stream?.end(text);
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody of the group is left.
  }
}

async function ending(child: ChildProcess, pid: number, output: Socket, drained: Promise<void>): Promise<Ending> {
  let status = '';
  const statusStream = child.stdio[3] as Socket;
  statusStream.setEncoding('utf8').on('data', (text: string) => {
    if (status.length < 4096) status += text;
  });
  statusStream.on('error', () => {});
  const statusRead = new Promise<void>((resolve) => statusStream.once('close', resolve));
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.once('exit', (exit, by) => resolve([exit, by]));
  });
  killGroup(pid);
  await Promise.race([statusRead, sleep(OUTPUT_GRACE)]);
  await gone(Number(/"child-pid": (\d+)/.exec(status)?.[1] ?? 0));
  await Promise.race([drained, sleep(OUTPUT_GRACE)]);
  output.destroy();
  statusStream.destroy();
  return { code, signal, status };
}

/** Waits for the first process of the sandbox to be dead: the kernel lets it go only after all others of its pid namespace. */
async function gone(pid: number): Promise<void> {
  if (pid === 0) return;
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; await sleep(2)) {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
    const state = stat.slice(stat.lastIndexOf(')') + 2)[0];
    if (state === undefined || state === 'Z' || state === 'X') return;
  }
}
