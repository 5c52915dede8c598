import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProjectConfig } from '../config/config.ts';
import { gateOf } from '../src/ci/gate.ts';
import { planOf } from '../src/ci/plan.ts';
import { jobHash, type Progress, type RunPatch, runSeries } from '../src/ci/run-series.ts';
import type { Check, Job } from '../src/ci/run.ts';
import { sandboxOf } from '../src/ci/sandbox.ts';
import type { MirrorResult } from '../src/mirror/mirror.ts';
import { COUNTING } from '../src/review/tag.ts';
import { checksOf, knownCheck, saveChecks } from '../src/store/checks.ts';
import { enqueue } from '../src/store/jobs.ts';
import { mirrorOf } from '../src/store/mirrors.ts';
import { seriesByKey, type SeriesKey, type StoredSeries } from '../src/store/series.ts';
import { type Context, projectOf } from './context.ts';
import { judgeAgain } from './judge.ts';
import { reportJob } from './report-job.ts';
import type { Keep } from './stage.ts';

/** A build-test of a series, by itself or because somebody who may has asked for it. */
export interface BuildKey extends SeriesKey {
  readonly asked?: boolean;
  /** Also what has a result. */
  readonly again?: boolean;
  /** Name of the only job to run, or null for all. */
  readonly only?: string | null;
}

/** The job that follows a mirrored series. One build directory a project, so one build of it at a time. */
export function buildJob(of: BuildKey) {
  return { kind: 'build', key: `${of.project} ${of.key}`, payload: of, lane: `build ${of.project}` } as const;
}

/** Asks the gate, and where it opens runs the build-tests of every patch. */
export async function mirrorPublished(context: Context, of: BuildKey, signal: AbortSignal): Promise<Keep> {
  const stored = await seriesByKey(context.store.db, of.project, of.key);
  const mirror = await mirrorOf(context.store.db, of.project, of.key);
  if (!stored || !mirror) return async () => {};
  const gate = openGate(context, stored, mirror.result, of.asked === true);
  context.log.info({ ...of, run: gate.run, reason: gate.reason }, 'build gate');
  if (!gate.run) return async () => {};
  const onProgress = (progress: Progress): void => context.observer.build?.(of, progress);
  const { project, key, again = false, only = null } = of;
  await runBuilds(context, stored, mirror.result, { signal, onProgress, again, only });
  return async (tx) => {
    await judgeAgain(tx, context, of);
    await enqueue(tx, reportJob({ project, key }), context.clock.now());
  };
}

/** Whether a series is built, and why; the same answer that `show` gives. */
export function openGate(
  context: Context,
  { series, tags }: StoredSeries,
  mirror: MirrorResult | null,
  asked: boolean,
): { readonly run: boolean; readonly reason: string } {
  const { build } = projectOf(context, series.project);
  if (mirror === null && series.complete) return { run: false, reason: 'it has not been mirrored yet' };
  const people = [...tags.patches.values()]
    .flat()
    .filter((tag) => COUNTING.has(tag.status) && tag.status !== 'in-patch');
  return gateOf(
    {
      series,
      applied: mirror?.state === 'applied',
      asked,
      tags: new Set(people.map((tag) => `${tag.kind} ${tag.email.toLowerCase()}`)).size,
      jobs: jobsFor(
        build,
        series.patches.flatMap((patch) => patch.paths),
      ).length,
    },
    build.gate,
  );
}

export interface BuildOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Run also what has a result. */
  readonly again?: boolean;
  /** Name of the only job to run, or null for all. */
  readonly only?: string | null;
}

/**
 * Runs the project's jobs on every patch of a mirrored series and keeps each check as soon as it is there.
 * @throws PatchloomError BUILD_MACHINE, SANDBOX_MISSING
 */
export async function runBuilds(
  context: Context,
  { series }: StoredSeries,
  mirror: MirrorResult,
  options: BuildOptions = {},
): Promise<readonly Check[]> {
  const { project, key } = series;
  const { store, clock, config } = context;
  const { build } = projectOf(context, project);
  const git = await context.mirrorOf(project);
  const directory = join(config.data, 'build', project);
  await mkdir(directory, { recursive: true });
  const patches = series.patches.map(({ index, msgid }, at): RunPatch => {
    return { index, msgid, commit: mirror.commits[at] ?? '', tree: mirror.trees[at] ?? '' };
  });
  return runSeries({
    patches,
    jobs: jobsFor(
      build,
      series.patches.flatMap((patch) => patch.paths),
    ).filter(({ name }) => (options.only ?? name) === name),
    sandbox: sandboxOf(build),
    directory,
    checkout: (commit, where) => git.checkout(commit, where),
    finished: options.again ? [] : await checksOf(store.db, project, key),
    known: options.again ? () => null : (tree, hash) => knownCheck(store.db, tree, hash),
    saveLog: (patch, job, output) => saveLog(config.data, series.key, patch, job, output),
    onCheck: async (check, hash) => {
      await store.transaction((tx) => saveChecks(tx, { project, key }, [{ check, jobHash: hash }], clock.now()));
      context.observer.checked?.({ project, key }, check);
    },
    ...(options.onProgress ? { onProgress: options.onProgress } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
  });
}

function jobsFor(build: ProjectConfig['build'], paths: readonly string[]): readonly Job[] {
  return planOf(build.jobs, paths);
}

/** Logs stand in files below the data directory, named by values of ours only. */
async function saveLog(data: string, key: string, patch: RunPatch, job: Job, output: string): Promise<string> {
  const name = join('logs', key.slice(0, 16), `${patch.index}-${jobHash(job).slice(0, 12)}.log`);
  await mkdir(join(data, 'logs', key.slice(0, 16)), { recursive: true });
  await rm(join(data, name), { force: true });
  await writeFile(join(data, name), output);
  return name;
}
