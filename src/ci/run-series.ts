import { createHash } from 'node:crypto';
import type { CompilerCache } from './compiler-cache.ts';
import { excerptOf } from './excerpt.ts';
import { findingsOf } from './findings.ts';
import { flaky } from './judge.ts';
import { junitFailures } from './junit.ts';
import { Ledger } from './ledger.ts';
import type { Check, Finding, Job, RunOutcome, Sandbox } from './run.ts';
import { BASE, type RunPatch, type RunRequest } from './runner.ts';
import { BUILD_PATH } from './sandbox-args.ts';
import { stateOf, summaryOf } from './summary.ts';
import { Workbench } from './workbench.ts';

export interface SeriesRun extends RunRequest {
  readonly sandbox: Sandbox;
  /** Absolute path of this run's own place. The tree is built in its sub-folder `tree`, which is emptied first. */
  readonly directory: string;
  /**
   * Makes the tracked files in the directory those of the commit and keeps the others. It may be empty or hold those of any commit. What a patch
   * has built there is hostile: links must not be followed nor .git be believed, and no file may be a hard link to one outside.
   */
  readonly checkout: (commit: string, directory: string) => Promise<void>;
  /** See WorkbenchOptions. */
  readonly incremental?: boolean;
  readonly cache?: CompilerCache | null;
  /** Bytes of the artifacts of one check together; what is too large is not kept, and the check says so. */
  readonly artifactBytes: number;
  /** Keeps a file of a run below the data directory and returns its path there; `name` is `log`, or the path of an artifact. */
  readonly keepFile?: (patch: RunPatch, job: Job, name: string, bytes: string | Uint8Array) => Promise<string>;
}

const JUNIT_BYTES = 4 << 20;

/** Names what a job does: equal for jobs that must give equal results on equal trees. */
export function jobHash(job: Job): string {
  return createHash('sha256')
    .update(JSON.stringify([job.name, job.run, job.timeout]))
    .digest('hex');
}

/** The series as a whole first, then the base, then each patch from the first. */
export function orderOf(patches: readonly RunPatch[], base: RunPatch | null): readonly RunPatch[] {
  const ordered = [...patches].sort((a, b) => a.index - b.index);
  const tip = ordered.slice(-1);
  return [...tip, ...(base === null || tip.length === 0 ? [] : [base]), ...ordered.slice(0, -1)];
}

/**
 * Runs the jobs in one build directory: on the whole series, on the base, then on every patch, also after a failure, so that the first patch that
 * breaks and the state of the tip are known. A failure is believed once it has failed again from an empty directory. The base, by which other series are judged too, is built
 * from an empty directory. Where base and tip both fail a job, the patches between are not built for it: nobody could be blamed.
 * @returns the checks as judged, in the order of the patches
 * @throws PatchloomError BUILD_MACHINE where the machine is to blame: no check is made of it, the run may be repeated with `finished`.
 * @throws PatchloomError SANDBOX_MISSING; the reason of the signal where it was aborted.
 */
export async function runSeries(run: SeriesRun): Promise<Check[]> {
  const { jobs, base, signal, onOutput } = run;
  const { sandbox, directory, checkout } = run;
  const bench = new Workbench({
    jobs,
    sandbox,
    directory,
    checkout,
    patches: run.patches.length,
    incremental: run.incremental ?? true,
    cache: run.cache ?? null,
    ...(signal === undefined ? {} : { signal }),
    ...(onOutput === undefined ? {} : { onOutput }),
  });
  const ledger = new Ledger(run);
  const order = orderOf(run.patches, base);
  const steps = order.flatMap((patch) => jobsOn(patch, order, jobs).map((job) => ({ patch, job })));
  for (const [done, { patch, job }] of steps.entries()) {
    signal?.throwIfAborted();
    run.onProgress?.({ patch, job: job.name, done, total: steps.length });
    if (isPointless(ledger, order, patch, job)) continue;
    const finished = finishedCheck(run, patch, job);
    const old = finished ?? (await run.known(patch.tree, jobHash(job)));
    const check = old === null ? await runJob(run, bench, ledger, patch, job) : { ...old, context: job.name };
    await ledger.add(check, jobHash(job), patch, finished === null);
  }
  await ledger.settle(true);
  return ledger.judged();
}

function jobsOn(patch: RunPatch, order: readonly RunPatch[], jobs: readonly Job[]): readonly Job[] {
  const whole = patch === order[0] || patch.msgid === BASE;
  return whole ? jobs : jobs.filter((job) => job.each !== false);
}

function isPointless(ledger: Ledger, order: readonly RunPatch[], patch: RunPatch, job: Job): boolean {
  const [tip] = order;
  if (tip === undefined || patch === tip || patch.msgid === BASE) return false;
  return ledger.baseFails(job.name) && ledger.ended(job.name, tip)?.state === 'fail';
}

function finishedCheck(run: SeriesRun, patch: RunPatch, job: Job): Check | null {
  const same = (check: Check) => check.patch === patch.msgid && check.context === job.name && check.tree === patch.tree;
  return run.finished.find((check) => same(check) && check.state !== 'pending') ?? null;
}

/** Runs a job; a failure is tried again, unless it is already known to fail before or on the base. */
async function runJob(run: SeriesRun, bench: Workbench, ledger: Ledger, patch: RunPatch, job: Job): Promise<Check> {
  const check = await checkOf(run, bench, patch, job, await bench.run(patch, job));
  const expected =
    ledger.baseFails(job.name) || run.patches.some((one) => ledger.ended(job.name, one)?.state === 'fail');
  if (check.state !== 'fail' || (expected && patch.msgid !== BASE)) return check;
  for (let attempt = 2; attempt <= 1 + (job.retries ?? 1); attempt++) {
    run.onOutput?.(Buffer.from(`\n== once more, from an empty directory\n`));
    const again = stateOf(await bench.run(patch, job, attempt));
    if (again !== 'fail') return flaky(check);
  }
  return check;
}

async function checkOf(
  run: SeriesRun,
  bench: Workbench,
  patch: RunPatch,
  job: Job,
  outcome: RunOutcome,
): Promise<Check> {
  const state = stateOf(outcome);
  const seen = run.sandbox.kind === 'bubblewrap' ? BUILD_PATH : bench.tree;
  const ended = !outcome.timedOut && outcome.stopped === null;
  const tests = ended ? await failedTests(bench, job) : [];
  const findings = [...tests, ...findingsOf(outcome.output, seen)];
  const artifacts = ended ? await keepArtifacts(run, bench, patch, job, state === 'fail') : { kept: [], left: 0 };
  return {
    context: job.name,
    state,
    url: null,
    patch: patch.msgid,
    commit: patch.commit,
    tree: patch.tree,
    summary: `${summaryOf(outcome, job.timeout)}${artifacts.left === 0 ? '' : `; ${artifacts.left} of its artifacts too large to keep`}`,
    excerpt: state === 'success' ? '' : excerptOf(outcome.output, seen),
    log: (await run.keepFile?.(patch, job, 'log', outcome.output)) ?? null,
    seconds: outcome.seconds,
    ...(findings.length === 0 ? {} : { findings }),
    ...(artifacts.kept.length === 0 ? {} : { artifacts: artifacts.kept }),
  };
}

async function failedTests(bench: Workbench, job: Job): Promise<readonly Finding[]> {
  const xml = job.junit === undefined || job.junit === null ? null : await bench.read(job.junit, JUNIT_BYTES, true);
  return xml === null ? [] : junitFailures(xml.toString('utf8'));
}

/** `left`: how many there were that are too large. */
async function keepArtifacts(
  run: SeriesRun,
  bench: Workbench,
  patch: RunPatch,
  job: Job,
  failed: boolean,
): Promise<{ readonly kept: readonly string[]; readonly left: number }> {
  const { keepFile } = run;
  const kept: string[] = [];
  let room = run.artifactBytes;
  let left = 0;
  for (const path of keepFile === undefined ? [] : (job.artifacts ?? [])) {
    const bytes = await bench.read(path, room + 1, failed);
    if (bytes === null || keepFile === undefined) continue;
    // Half of a file would be taken for the whole of it.
    if (bytes.length > room) left++;
    else {
      room -= bytes.length;
      kept.push(await keepFile(patch, job, path, bytes));
    }
  }
  return { kept, left };
}
