import { createHash } from 'node:crypto';
import { PatchloomError } from '../util/errors.ts';
import { flaky } from './judge.ts';
import { Ledger } from './ledger.ts';
import { orderOf } from './run-series.ts';
import type { Check, Finding } from './run.ts';
import { BASE, type Runner, type RunPatch, type RunRequest, type RunState } from './runner.ts';

/** One attempt of one job, as a CI elsewhere tells it. */
export interface RemoteJob {
  readonly id: number;
  readonly name: string;
  /** From 1; a job that is run again has a higher one. */
  readonly attempt: number;
  /** lost: the CI's own machine is to blame. */
  readonly state: 'pending' | 'success' | 'warning' | 'fail' | 'lost';
  readonly url: string;
  readonly seconds: number;
  /** Web addresses. */
  readonly artifacts: readonly string[];
}

/** What a CI has of one commit. */
export interface RemoteRun {
  /** All attempts of all jobs that are known by now. */
  readonly jobs: readonly RemoteJob[];
  /** False: more jobs may come. */
  readonly ended: boolean;
}

/** What is to be run of one commit. */
export interface RemoteWork {
  readonly commit: string;
  /** Names of the planned jobs; empty: all that the CI has. */
  readonly jobs: readonly string[];
  readonly base: string;
  readonly tip: string;
}

/** Remembers what was asked of a CI, for as long as its answer may take: longer than this process may live. */
export interface Starts {
  /** Epoch ms at which a run of the commit was asked for last, or null. */
  last(commit: string): Promise<number | null>;
  /** It was asked for now. */
  note(commit: string): Promise<void>;
}

/** What a CI elsewhere must be able to do; a new one is one file. Every call may be repeated. */
export interface RemoteCi {
  /** Name and address: results of another CI are not taken for its own. */
  readonly name: string;
  /** Makes a run of the commit begin, where there is none. */
  start(work: RemoteWork): Promise<void>;
  /** The commit's runs as one; null where none is known yet. */
  runOf(work: RemoteWork): Promise<RemoteRun | null>;
  /** Runs a job again; asked for only after the run has ended. */
  again(work: RemoteWork, job: RemoteJob): Promise<void>;
  /** What its log says; asked for once, when it has failed. */
  logOf(work: RemoteWork, job: RemoteJob): Promise<{ readonly excerpt: string; readonly findings: readonly Finding[] }>;
  cancel(work: RemoteWork): Promise<void>;
}

export interface RemoteOptions {
  readonly ci: RemoteCi;
  /** Build every patch too. */
  readonly each: boolean;
  readonly pollMs: number;
  readonly tell?: NonNullable<Runner['tell']>;
}

/** How often a job is run again that the CI itself has lost. */
const LOST_TRIES = 3;

/** Runs build-tests by a CI elsewhere: the whole series, the base where that fails, and each patch where it is wanted. */
export function remoteRunner(options: RemoteOptions): Runner {
  return {
    pollMs: options.pollMs,
    ...(options.tell === undefined ? {} : { tell: options.tell }),
    advance: (request) => advance(options, request),
    cancel: async (request) => {
      for (const patch of request.patches) await options.ci.cancel(workFor(request, patch));
    },
  };
}

/** Names a job of a remote CI: what it does stands in the tree itself. */
function remoteHash(ci: RemoteCi, job: string): string {
  return createHash('sha256')
    .update(JSON.stringify([ci.name, job]))
    .digest('hex');
}

async function advance(options: RemoteOptions, request: RunRequest): Promise<RunState> {
  const ledger = new Ledger(request);
  const order = orderOf(request.patches, request.base);
  const [tip] = order;
  for (const patch of order) {
    request.signal?.throwIfAborted();
    if (patch !== tip && !isWanted(options, ledger, patch, tip)) {
      if (patch.msgid === BASE) await lookAt(options.ci, request, ledger, patch);
      continue;
    }
    const ended = await advancePatch(options, request, ledger, patch);
    // The next is begun only when it is known to be needed.
    if (!ended) return { checks: ledger.judged(), ended: false };
  }
  await ledger.settle(true);
  return { checks: ledger.judged(), ended: true };
}

/** The base is built where the series fails something; patches where they are wanted, and the tip is not as broken as the base. */
function isWanted({ each }: RemoteOptions, ledger: Ledger, patch: RunPatch, tip: RunPatch | undefined): boolean {
  const failing = ledger
    .judged()
    .filter(({ patch: of, state, judged }) => of === tip?.msgid && (judged?.ran ?? state) === 'fail');
  if (patch.msgid === BASE) return failing.length > 0;
  return each && !failing.some((check) => ledger.baseFails(check.context));
}

/**
 * What is known of a base that nobody needs to have built: an earlier run, for another series or of upstream's own. So a series that mends what was
 * broken is known to have done so, and costs no run more.
 */
async function lookAt(ci: RemoteCi, request: RunRequest, ledger: Ledger, base: RunPatch): Promise<void> {
  if (await reuse(ci, request, ledger, base)) return;
  const work = workFor(request, base);
  const run = await ci.runOf(work);
  if (run?.ended !== true) return;
  for (const attempts of byName(run.jobs)) {
    const last = attempts.at(-1);
    if (last === undefined || last.state === 'pending' || last.state === 'lost') continue;
    const failed = attempts.filter(({ state }) => state === 'fail');
    await keep(ci, request, ledger, base, await endedCheck(ci, base, work, last, failed));
  }
}

function workFor(request: RunRequest, patch: RunPatch): RemoteWork {
  return {
    commit: patch.commit,
    jobs: request.jobs.map((job) => job.name),
    base: request.base?.commit ?? '',
    tip: patch.commit,
  };
}

/** @returns whether all jobs of the commit have ended */
async function advancePatch(
  options: RemoteOptions,
  request: RunRequest,
  ledger: Ledger,
  patch: RunPatch,
): Promise<boolean> {
  const { ci } = options;
  const work = workFor(request, patch);
  if (await reuse(ci, request, ledger, patch)) return true;
  const run = await ci.runOf(work);
  if (run === null) {
    await ci.start(work);
    return false;
  }
  let { ended } = run;
  for (const attempts of byName(run.jobs)) {
    const state = await advanceJob(ci, request, ledger, patch, work, attempts, run.ended);
    if (state === 'pending') ended = false;
  }
  return ended;
}

/** Takes over what is known of the same tree, where that is all that is planned. */
async function reuse(ci: RemoteCi, request: RunRequest, ledger: Ledger, patch: RunPatch): Promise<boolean> {
  const found: Check[] = [];
  for (const { name } of request.jobs) {
    const known = await request.known(patch.tree, remoteHash(ci, name));
    if (known === null) return false;
    found.push({ ...known, context: name });
  }
  for (const check of found)
    await ledger.add(check, remoteHash(ci, check.context), patch, !isKept(request, check, patch));
  return found.length > 0;
}

/** The attempts of each job, oldest first. */
function byName(jobs: readonly RemoteJob[]): RemoteJob[][] {
  const groups = new Map<string, RemoteJob[]>();
  for (const job of [...jobs].sort((a, b) => a.attempt - b.attempt || a.id - b.id))
    groups.set(job.name, [...(groups.get(job.name) ?? []), job]);
  return [...groups.values()];
}

async function advanceJob(
  ci: RemoteCi,
  request: RunRequest,
  ledger: Ledger,
  patch: RunPatch,
  work: RemoteWork,
  attempts: readonly RemoteJob[],
  mayRepeat: boolean,
): Promise<'pending' | 'ended'> {
  const last = attempts.at(-1);
  if (last === undefined) return 'ended';
  const pending = async (): Promise<'pending'> => {
    await keep(ci, request, ledger, patch, { ...plainCheck(patch, last), state: 'pending', summary: 'runs' });
    return 'pending';
  };
  if (last.state === 'pending') return pending();
  if (last.state === 'lost') {
    if (attempts.filter(({ state }) => state === 'lost').length >= LOST_TRIES)
      throw new PatchloomError('BUILD_MACHINE', `${ci.name}: ${last.name} was lost ${LOST_TRIES} times: ${last.url}`);
    if (mayRepeat) await ci.again(work, last);
    return pending();
  }
  const failed = attempts.filter(({ state }) => state === 'fail');
  const wanted = request.jobs.find((job) => job.name === last.name)?.retries ?? 0;
  const known =
    finishedOf(request, last.name, patch) ??
    (patch.msgid === BASE ? await request.known(patch.tree, remoteHash(ci, last.name)) : null);
  if (last.state === 'fail' && known === null && failed.length <= wanted && !ledger.baseFails(last.name)) {
    if (mayRepeat) await ci.again(work, last);
    return pending();
  }
  const check = known !== null ? withArtifacts(known, last) : await endedCheck(ci, patch, work, last, failed);
  await keep(ci, request, ledger, patch, check);
  return 'ended';
}

async function endedCheck(
  ci: RemoteCi,
  patch: RunPatch,
  work: RemoteWork,
  last: RemoteJob,
  failed: readonly RemoteJob[],
): Promise<Check> {
  const [first] = failed;
  const telling = last.state === 'success' ? first : last;
  const log = telling === undefined || telling.state === 'success' ? null : await ci.logOf(work, telling);
  const words = { success: 'passed', warning: 'failed, which its CI allows', fail: 'failed', pending: '', lost: '' };
  const state = last.state === 'success' || last.state === 'warning' ? last.state : ('fail' as const);
  const check: Check = {
    ...plainCheck(patch, last),
    state,
    summary: `${words[last.state]} after ${last.seconds.toFixed(0)} s`,
    ...(log === null ? {} : { excerpt: log.excerpt }),
    ...(log === null || log.findings.length === 0 ? {} : { findings: log.findings }),
  };
  return last.state === 'success' && first !== undefined
    ? flaky({ ...check, state: 'fail', summary: `failed after ${first.seconds.toFixed(0)} s`, url: first.url })
    : check;
}

/** Artifacts are told only once the whole run has ended. */
function withArtifacts(check: Check, { artifacts }: RemoteJob): Check {
  return artifacts.length === 0 || check.artifacts?.length === artifacts.length ? check : { ...check, artifacts };
}

function plainCheck(patch: RunPatch, job: RemoteJob): Check {
  return {
    context: job.name,
    state: 'pending',
    url: job.url,
    patch: patch.msgid,
    commit: patch.commit,
    tree: patch.tree,
    summary: '',
    excerpt: '',
    log: null,
    seconds: job.seconds,
    ...(job.artifacts.length === 0 ? {} : { artifacts: job.artifacts }),
  };
}

async function keep(ci: RemoteCi, request: RunRequest, ledger: Ledger, patch: RunPatch, check: Check): Promise<void> {
  await ledger.add(check, remoteHash(ci, check.context), patch, !isKept(request, check, patch));
}

function finishedOf(request: RunRequest, context: string, patch: RunPatch): Check | null {
  const found = request.finished.find(
    (one) => one.context === context && one.patch === patch.msgid && one.tree === patch.tree,
  );
  return found === undefined || found.state === 'pending' ? null : found;
}

function isKept(request: RunRequest, check: Check, patch: RunPatch): boolean {
  return finishedOf(request, check.context, patch) !== null;
}
