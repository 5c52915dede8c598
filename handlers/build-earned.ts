import { LiveLog, liveFolder } from '../src/ci/live-log.ts';
import { planOf } from '../src/ci/plan.ts';
import type { Check } from '../src/ci/run.ts';
import { BASE, type Progress, type Runner, type RunPatch, type RunRequest, type RunState } from '../src/ci/runner.ts';
import type { MirrorResult } from '../src/mirror/mirror.ts';
import { isUpstream } from '../src/mirror/upstream-tree.ts';
import { buildRunOf, moveRun } from '../src/store/build-runs.ts';
import { checksOf, knownCheck, saveChecks } from '../src/store/checks.ts';
import { enqueue } from '../src/store/jobs.ts';
import { mirrorOf } from '../src/store/mirrors.ts';
import { seriesByKey, type SeriesKey, type StoredSeries } from '../src/store/series.ts';
import { noteJob } from './commit-noted.ts';
import { type Context, projectOf } from './context.ts';
import { judgeAgain } from './judge.ts';
import { reportJob } from './report-job.ts';
import type { Keep } from './stage.ts';

/** So much earlier than others a ready series is taken, as if it had been queued then: it overtakes, but nobody waits for ever. */
const READY_AHEAD_MS = 6 * 3_600_000;
/** A remote CI may be away for days; each try waits an hour at most. */
const TRIES = 100;
const LOOK_MS = 2_000;
/** The report is decided first, so that the note can name it. */
const NOTE_AFTER_MS = 5_000;

/** A run of a series; what it is to do beyond what has no result yet is as it was asked for. */
export interface RunKey extends SeriesKey {
  readonly again?: boolean;
  readonly only?: string | null;
}

/** The job that builds a series which has earned it. `now` is epoch ms. */
export function runJob({ project, key, again = false, only = null }: RunKey, ready: boolean, now: number) {
  const named = {
    kind: 'run',
    key: `${project} ${key}`,
    payload: { project, key, again, only },
    maxAttempts: TRIES,
  } as const;
  // A lane of its own: a hint of a webhook must not make a second worker start what the first is just starting.
  return { ...named, lane: `run ${named.key}`, runAt: ready ? now - READY_AHEAD_MS : now };
}

/**
 * Brings the run of a series forward: to its end on this machine, as far as it is elsewhere. Each check is kept as soon as it is there, so that a
 * crash repeats none. A version that a later one replaces is stopped.
 */
export async function buildEarned(
  context: Context,
  { again = false, only = null, ...of }: RunKey,
  signal: AbortSignal,
): Promise<Keep> {
  const { store, clock, log } = context;
  const stored = await seriesByKey(store.db, of.project, of.key);
  const mirror = (await mirrorOf(store.db, of.project, of.key))?.result;
  const run = await buildRunOf(store.db, of.project, of.key);
  if (!stored || mirror?.state !== 'applied') return async () => {};
  const runner = await context.runnerOf(of.project);
  const cancelled = async (): Promise<Keep> => {
    await runner.cancel(await requestFor(context, stored, mirror, {}));
    log.info({ ...of }, 'build stopped: a later version has arrived');
    return (tx) => moveRun(tx, of, 'cancelled', clock.now(), 'stopped: a later version has arrived');
  };
  if (stored.series.state === 'superseded' && run?.asked !== true) return cancelled();
  await store.transaction((tx) => moveRun(tx, of, 'running', clock.now()));
  const watch = watchSeries(context, of, run?.asked === true);
  try {
    const onProgress = (progress: Progress): void => context.observer.build?.(of, progress);
    const stop = AbortSignal.any([signal, watch.signal]);
    const { ended } = await runBuilds(context, stored, mirror, { signal: stop, onProgress, runner, again, only });
    return async (tx) => {
      const now = clock.now();
      // What goes on elsewhere was started again once; from now on it is only looked at.
      if (!ended)
        return void (await enqueue(tx, { ...runJob({ ...of, only }, false, now), runAt: now + runner.pollMs }, now));
      await moveRun(tx, of, 'ended', now);
      await judgeAgain(tx, context, of);
      await enqueue(tx, reportJob(of), now);
      if (runner.tell !== undefined) await enqueue(tx, { ...noteJob(of), runAt: now + NOTE_AFTER_MS }, now);
    };
  } catch (error) {
    if (signal.aborted || !watch.signal.aborted) throw error;
    return cancelled();
  } finally {
    watch.end();
  }
}

/** A signal that fires when a later version replaces the series. Who has asked for the run gets it all the same. */
function watchSeries(context: Context, of: SeriesKey, asked: boolean) {
  const replaced = new AbortController();
  const look = async (): Promise<void> => {
    const now = await seriesByKey(context.store.db, of.project, of.key);
    if (now?.series.state === 'superseded') replaced.abort(new Error('a later version has arrived'));
  };
  // A look that fails is repeated: the store says why elsewhere.
  const timer = asked ? null : setInterval(() => void look().catch(() => {}), LOOK_MS);
  return { signal: replaced.signal, end: () => clearInterval(timer ?? undefined) };
}

export interface BuildOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Run also what has a result. */
  readonly again?: boolean;
  /** Name of the only job to run, or null for all. */
  readonly only?: string | null;
  readonly runner?: Runner;
}

/**
 * Runs the project's jobs on a mirrored series and keeps each check as soon as it is there.
 * @throws PatchloomError BUILD_MACHINE, SANDBOX_MISSING
 */
export async function runBuilds(
  context: Context,
  stored: StoredSeries,
  mirror: MirrorResult,
  options: BuildOptions = {},
): Promise<RunState> {
  const { project, key } = stored.series;
  const runner = options.runner ?? (await context.runnerOf(project));
  const live = new LiveLog(
    liveFolder(context.config.data, { project, key }),
    projectOf(context, project).build.logBytes,
  );
  const onProgress = (progress: Progress): void => {
    live.step(progress);
    options.onProgress?.(progress);
  };
  const request = await requestFor(context, stored, mirror, { ...options, onProgress });
  try {
    return await runner.advance({ ...request, onOutput: (chunk) => live.add(chunk) });
  } finally {
    await live.end();
  }
}

async function requestFor(
  context: Context,
  { series }: StoredSeries,
  mirror: MirrorResult,
  options: BuildOptions,
): Promise<RunRequest> {
  const { project, key } = series;
  const { store } = context;
  const { build } = projectOf(context, project);
  const patches = series.patches.map(({ index, msgid }, at): RunPatch => {
    return { index, msgid, commit: mirror.commits[at] ?? '', tree: mirror.trees[at] ?? '' };
  });
  const below = mirror.base?.commit ?? null;
  const paths = series.patches.flatMap((patch) => patch.paths);
  // A series may stand on another one: what that compiles to is of no use to others.
  const fills = async (commit: string): Promise<boolean> =>
    build.cache !== null && isUpstream((await context.mirrorOf(project)).repository, commit);
  return {
    patches,
    base: below === null ? null : { index: 0, msgid: BASE, commit: below, tree: below, upstream: await fills(below) },
    jobs: planOf(build.jobs, paths).filter(({ name }) => options.only == null || name === options.only),
    masks: build.masks,
    finished: options.again ? [] : await checksOf(store.db, project, key),
    known: (tree, hash) => (options.again && tree !== below ? null : knownCheck(store.db, tree, hash)),
    onCheck: (check, hash, of) => keepCheck(context, { project, key }, check, hash, of),
    ...(options.onProgress ? { onProgress: options.onProgress } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
  };
}

/** A check of the base belongs to no series: it is kept under the base's own name, where the next series finds it by its tree. */
async function keepCheck(context: Context, of: SeriesKey, check: Check, hash: string, patch: RunPatch): Promise<void> {
  const { store, clock, observer } = context;
  const ofBase = patch.msgid === BASE;
  const at = ofBase ? { project: of.project, key: `base ${patch.commit}` } : of;
  const kept = ofBase ? { ...check, patch: null } : check;
  await store.transaction((tx) => saveChecks(tx, at, [{ check: kept, jobHash: hash }], clock.now()));
  if (!ofBase) observer.checked?.(of, kept);
}
