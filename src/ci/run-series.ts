import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PatchloomError } from '../util/errors.ts';
import { emptyDirectory } from './build-directory.ts';
import { type CommandRequest, runCommand } from './command.ts';
import { excerptOf } from './excerpt.ts';
import type { Check, Job, RunOutcome, Sandbox } from './run.ts';
import { BUILD_PATH } from './sandbox-args.ts';
import { stateOf, summaryOf } from './summary.ts';

/** One applied patch. */
export interface RunPatch {
  readonly index: number;
  readonly msgid: string;
  readonly commit: string;
  readonly tree: string;
}

/** Where a run is: `done` of `total` checks. */
export interface Progress {
  readonly patch: RunPatch;
  readonly job: string;
  readonly done: number;
  readonly total: number;
}

export interface SeriesRun {
  readonly patches: readonly RunPatch[];
  /** As planned (see planOf). */
  readonly jobs: readonly Job[];
  readonly sandbox: Sandbox;
  /** Absolute path of this run's own place. The tree is built in its sub-folder `tree`, which is emptied first. */
  readonly directory: string;
  /**
   * Makes the tracked files in the directory those of the commit and keeps the others. It may be empty or hold those of any commit. What a patch
   * has built there is hostile: links must not be followed nor .git be believed, and no file may be a hard link to one outside.
   */
  readonly checkout: (commit: string, directory: string) => Promise<void>;
  /** Checks that ended in an earlier attempt: not run again. */
  readonly finished?: readonly Check[];
  /** A finished check of the same tree and job (see jobHash), or null. */
  readonly known?: (tree: string, hash: string) => Promise<Check | null> | Check | null;
  /** Keeps a whole log; returns its path below the data directory. */
  readonly saveLog?: (patch: RunPatch, job: Job, output: string) => Promise<string | null>;
  /** Called with each new check before the next command begins: once stored, an abort loses nothing. */
  readonly onCheck?: (check: Check, hash: string) => Promise<void> | void;
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

/** Names what a job does: equal for jobs that must give equal results on equal trees. */
export function jobHash(job: Job): string {
  return createHash('sha256')
    .update(JSON.stringify([job.name, job.run, job.timeout]))
    .digest('hex');
}

/**
 * Runs every job on every patch, in the order of the patches, in one build directory. Goes on after a failure, so that the first failing patch and
 * the state of the tip are known. Returns one check for each, finished ones included.
 * @throws PatchloomError BUILD_MACHINE where the machine is to blame: no check is made of it, the run may be repeated with `finished`.
 * @throws PatchloomError SANDBOX_MISSING; the reason of the signal where it was aborted.
 */
export async function runSeries(run: SeriesRun): Promise<Check[]> {
  const patches = [...run.patches].sort((a, b) => a.index - b.index);
  const total = patches.length * run.jobs.length;
  const tree = join(run.directory, 'tree');
  const checks: Check[] = [];
  let begun = false;
  for (const patch of patches) {
    let present = false;
    for (const job of run.jobs) {
      run.signal?.throwIfAborted();
      run.onProgress?.({ patch, job: job.name, done: checks.length, total });
      const old = finishedCheck(run, patch, job) ?? (await knownCheck(run, patch, job));
      if (old !== null) {
        checks.push(old);
        continue;
      }
      // A crash may have left half-written files there, which make takes for finished ones.
      if (!begun) await emptyDirectory(tree);
      begun = true;
      if (!present) await checkout(run, patch, tree);
      const { check, clean } = await runJob(run, patch, job, tree);
      present = clean;
      if (!clean) await emptyDirectory(tree);
      await run.onCheck?.(check, jobHash(job));
      checks.push(check);
    }
  }
  return checks;
}

function finishedCheck(run: SeriesRun, patch: RunPatch, job: Job): Check | null {
  const same = (check: Check) => check.patch === patch.msgid && check.context === job.name && check.tree === patch.tree;
  return run.finished?.find((check) => same(check) && check.state !== 'pending') ?? null;
}

/** The same tree with the same job has the same result, whoever posted it. */
async function knownCheck(run: SeriesRun, patch: RunPatch, job: Job): Promise<Check | null> {
  const known = (await run.known?.(patch.tree, jobHash(job))) ?? null;
  if (known === null || known.state === 'pending') return null;
  const check = { ...known, context: job.name, patch: patch.msgid, commit: patch.commit, tree: patch.tree };
  await run.onCheck?.(check, jobHash(job));
  return check;
}

/** Longer than a tick of the clock by which the kernel stamps files: the coarsest is 10 ms. */
const TICK = 20;

/** What a build has left may be in the way (a folder that cannot be written to): then once more in an empty directory. */
async function checkout(run: SeriesRun, patch: RunPatch, tree: string): Promise<void> {
  // A source written in the same tick as what the patch before has built from it is not newer, and make would leave it.
  await sleep(TICK);
  try {
    await run.checkout(patch.commit, tree);
  } catch {
    await emptyDirectory(tree);
    await run.checkout(patch.commit, tree);
  }
}

async function runJob(
  run: SeriesRun,
  patch: RunPatch,
  job: Job,
  tree: string,
): Promise<{ check: Check; clean: boolean }> {
  const outcome = await runCommand(commandFor(run, patch, job, tree));
  if (outcome.infrastructure !== null) {
    run.signal?.throwIfAborted();
    const where = `patch ${patch.index}/${run.patches.length}, job ${job.name}`;
    throw new PatchloomError('BUILD_MACHINE', `${where}: ${outcome.infrastructure}`);
  }
  const log = (await run.saveLog?.(patch, job, outcome.output)) ?? null;
  return { check: checkOf(run, patch, job, outcome, tree, log), clean: !outcome.timedOut && outcome.stopped === null };
}

function commandFor(run: SeriesRun, patch: RunPatch, job: Job, tree: string): CommandRequest {
  const env = {
    PATCHLOOM_COMMIT: patch.commit,
    PATCHLOOM_TREE: patch.tree,
    PATCHLOOM_PATCH: `${patch.index}`,
    PATCHLOOM_PATCHES: `${run.patches.length}`,
    PATCHLOOM_JOB: job.name,
  };
  const { sandbox, signal } = run;
  return {
    command: job.run,
    directory: tree,
    sandbox,
    timeout: job.timeout,
    env,
    ...(signal === undefined ? {} : { signal }),
  };
}

function checkOf(
  run: SeriesRun,
  patch: RunPatch,
  job: Job,
  outcome: RunOutcome,
  tree: string,
  log: string | null,
): Check {
  const state = stateOf(outcome);
  const seen = run.sandbox.kind === 'bubblewrap' ? BUILD_PATH : tree;
  return {
    context: job.name,
    state,
    url: null,
    patch: patch.msgid,
    commit: patch.commit,
    tree: patch.tree,
    summary: summaryOf(outcome, job.timeout),
    excerpt: state === 'success' ? '' : excerptOf(outcome.output, seen),
    log,
    seconds: outcome.seconds,
  };
}
