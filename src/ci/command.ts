import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { PatchloomError } from '../util/errors.ts';
import { BoundedLog } from './bounded-log.ts';
import { giveToBuilder, noRoomFor } from './build-directory.ts';
import type { Group, GroupEvents } from './group.ts';
import { type Ending, type ProcessGroup, startGroup } from './process-group.ts';
import type { RunOutcome, Sandbox } from './run.ts';
import { BASE_ENV, type Bind, type Program, sandboxProgram, shellArgs } from './sandbox-args.ts';
import { watchLimits } from './watch.ts';

export interface CommandRequest {
  /** Shell text of the operator, run by `sh -e -c`; never text from mail. */
  readonly command: string;
  /** Absolute path of the build directory; the working directory, and in the sandbox the only place that may be written to. */
  readonly directory: string;
  readonly sandbox: Sandbox;
  /** Wall clock, seconds. */
  readonly timeout: number;
  /** Added to PATH, HOME, LANG and TERM, or in place of them; nothing of the bot's own environment is passed on. */
  readonly env?: Readonly<Record<string, string>>;
  /** Further folders that it sees in the sandbox. */
  readonly binds?: readonly Bind[];
  readonly signal?: AbortSignal;
  /** Standard output and error as they come, all of it. */
  readonly onOutput?: (chunk: Buffer) => void;
}

/**
 * Runs one command and waits until it and every process it has started are gone (without sandbox and control groups: those of its process group).
 * A failing command is an outcome, not an error; what the machine is to blame for is told in `infrastructure`.
 * @throws PatchloomError SANDBOX_MISSING where bubblewrap is asked for and not installed: it is never run without.
 */
export async function runCommand(request: CommandRequest): Promise<RunOutcome> {
  const began = Date.now();
  if (request.sandbox.kind === 'bubblewrap') requireSandbox();
  const trouble = await hostTrouble(request);
  if (trouble !== null) return notRun(trouble);
  const { limits, groups } = request.sandbox;
  const held = (await groups?.make(limits).catch((error: Error) => error.message)) ?? null;
  if (typeof held === 'string') return notRun(`no control group: ${held}`);
  try {
    return await runHeld(request, held, began);
  } finally {
    await held?.remove();
  }
}

async function runHeld(request: CommandRequest, held: Group | null, began: number): Promise<RunOutcome> {
  const killsBefore = await outOfMemoryKills();
  const log = new BoundedLog(request.sandbox.limits.logBytes);
  const onOutput = (chunk: Buffer) => {
    log.add(chunk);
    request.onOutput?.(chunk);
  };
  const group = await start(request, held, onOutput);
  if (typeof group === 'string') return notRun(group);
  const { ending, reason } = await supervise(group, held, request);
  const events = (await held?.events()) ?? null;
  const kills = async (): Promise<boolean> => events?.machine ?? (await outOfMemoryKills()) > killsBefore;
  const seconds = (Date.now() - began) / 1000;
  const output = log.text();
  const cause = reason ?? overMemory(events, request.sandbox);
  const { exit, fault } = readEnding(ending, request.sandbox, cause, output);
  return {
    exit,
    signal: ending.signal,
    timedOut: cause?.kind === 'timeout',
    stopped: cause?.kind === 'limit' ? cause.text : null,
    seconds,
    output,
    truncated: log.truncated,
    infrastructure: fault ?? (exit === 0 ? null : await hostFault(request.directory, kills)),
  };
}

function overMemory(events: GroupEvents | null, { limits }: Sandbox): Reason | null {
  return events?.memory === true ? { kind: 'limit', text: `used more than ${limits.memoryMiB} MiB of memory` } : null;
}

const notRun = (infrastructure: string): RunOutcome => ({
  exit: null,
  signal: null,
  timedOut: false,
  stopped: null,
  seconds: 0,
  output: '',
  truncated: false,
  infrastructure,
});

/** What speaks against starting, in words, or null. */
async function hostTrouble({ directory, sandbox, signal, binds = [] }: CommandRequest): Promise<string | null> {
  if (signal?.aborted === true) return 'stopped before it began';
  try {
    const full = await noRoomFor(directory);
    if (full !== null) return full;
  } catch (error) {
    return `no build directory: ${(error as Error).message}`;
  }
  if (sandbox.kind === 'none' || !isRoot()) return null;
  const written = binds.filter(({ writable }) => writable).map(({ source }) => source);
  for (const path of [directory, ...written]) {
    const trouble = await giveToBuilder(path);
    if (trouble !== null) return trouble;
  }
  return null;
}

const isRoot = () => process.getuid?.() === 0;

/** The started command, or in words why the machine could not start it. */
async function start(
  request: CommandRequest,
  held: Group | null,
  onOutput: (chunk: Buffer) => void,
): Promise<ProcessGroup | string> {
  const { sandbox, directory } = request;
  const inside = ({ file, args, feeds }: Program): Program => {
    const [first = file, ...rest] = [...(held?.enter ?? []), file, ...args];
    return { file: first, args: rest, feeds };
  };
  try {
    if (sandbox.kind === 'none') {
      const env = { ...BASE_ENV, HOME: directory, ...request.env };
      return await startGroup(inside(bareProgram(request.command)), { cwd: directory, env, onOutput });
    }
    const { readable, limits } = sandbox;
    const { command, env = {}, binds = [] } = request;
    const program = sandboxProgram({ command, directory, readable, binds, limits, env, root: isRoot() });
    // Its first process shows this environment to the command in /proc/1, so it is as bare as can be.
    const path = { PATH: process.env['PATH'] ?? BASE_ENV.PATH };
    return await startGroup(inside(program), { cwd: '/', env: path, onOutput });
  } catch (error) {
    return `the command could not be started: ${(error as Error).message}`;
  }
}

/** @throws PatchloomError SANDBOX_MISSING */
function requireSandbox(): void {
  const folders = (process.env['PATH'] ?? BASE_ENV.PATH).split(delimiter);
  if (folders.some((folder) => existsSync(join(folder, 'bwrap')))) return;
  throw new PatchloomError('SANDBOX_MISSING', 'bubblewrap (bwrap) is not installed: install the package bubblewrap');
}

function bareProgram(command: string): Program {
  const [file = 'sh', ...args] = shellArgs(command);
  return { file, args, feeds: [] };
}

type Reason = { readonly kind: 'timeout' | 'abort' } | { readonly kind: 'limit'; readonly text: string };

/** Waits for the end, and brings it about at the time limit, a broken limit or an abort; the first of them is the reason. */
async function supervise(
  group: ProcessGroup,
  held: Group | null,
  request: CommandRequest,
): Promise<{ ending: Ending; reason: Reason | null }> {
  const state: { reason: Reason | null } = { reason: null };
  const stop = (reason: Reason) => {
    state.reason ??= reason;
    group.kill();
    void held?.kill();
  };
  const onAbort = () => stop({ kind: 'abort' });
  const timer = setTimeout(() => stop({ kind: 'timeout' }), request.timeout * 1000);
  const { sandbox, directory, binds = [] } = request;
  const pid = held === null ? group.pid : null;
  const counted = binds.filter((bind) => bind.counted).map(({ source }) => source);
  const unwatch = watchLimits(pid, [directory, ...counted], sandbox.limits, (text) => stop({ kind: 'limit', text }));
  request.signal?.addEventListener('abort', onAbort, { once: true });
  if (request.signal?.aborted === true) onAbort();
  try {
    return { ending: await group.ended, reason: state.reason };
  } finally {
    clearTimeout(timer);
    unwatch();
    request.signal?.removeEventListener('abort', onAbort);
  }
}

/**
 * The exit code counts only where bubblewrap says that the command had begun and ended: bubblewrap's own failure has the same code 1 as that of
 * a command.
 */
function readEnding(ending: Ending, sandbox: Sandbox, reason: Reason | null, output: string) {
  if (reason?.kind === 'abort') return { exit: null, fault: 'stopped before it ended' };
  if (reason !== null) return { exit: null, fault: null };
  if (sandbox.kind === 'none') return { exit: ending.code, fault: null };
  const told = /"exit-code": (\d+)/.exec(ending.status)?.[1];
  if (told !== undefined) return { exit: Number(told), fault: null };
  const words = output.trim().split('\n').at(-1) ?? '';
  return { exit: null, fault: `the sandbox did not run: ${words || (ending.signal ?? `exit ${ending.code}`)}` };
}

/** The machine's part in a failure: a full disk, or memory so short that the kernel has ended processes meanwhile. */
async function hostFault(directory: string, kills: () => Promise<boolean>): Promise<string | null> {
  if (await kills()) return 'the machine ran out of memory';
  return noRoomFor(directory).catch(() => null);
}

async function outOfMemoryKills(): Promise<number> {
  const text = await readFile('/proc/vmstat', 'latin1').catch(() => '');
  return Number(/^oom_kill (\d+)/m.exec(text)?.[1] ?? 0);
}
