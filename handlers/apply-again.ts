import type { Fit, MirrorResult } from '../src/mirror/mirror.ts';
import { branchOf } from '../src/store/branches.ts';
import { amendMirror, mirrorOf } from '../src/store/mirrors.ts';
import { enqueue } from '../src/store/jobs.ts';
import type { StoredSeries } from '../src/store/series.ts';
import { describeError } from '../src/util/errors.ts';
import { type Context, projectOf } from './context.ts';
import { branchFor, judgeAgain, openSeries } from './judge.ts';
import { mirrorJob } from './series-jobs.ts';
import { landedPatches } from './queue.ts';
import { reportJob } from './report-job.ts';
import { requestOf } from './series-complete.ts';

const DAY = 86_400_000;
/** Series that were posted longer ago are not tried again: hardly one of them is still meant to go in. */
const LONGEST_OPEN = 120 * DAY;

/** What a look at the open series brought. */
export interface AppliedAgain {
  /** Series that did not apply, and are mirrored again because they would. */
  readonly again: number;
  /** Applied series of which it is another answer now whether the branch takes them. */
  readonly changed: number;
}

/**
 * Tries the open series on their branch as it stands now. One that did not apply and would is mirrored again, unless it is too old
 * to act on; of one that is applied it is kept whether it still would. Trying writes no git object and takes milliseconds a series;
 * what was tried on that tip before is not tried again. One that cannot be tried is logged and does not stop the others.
 */
export async function applyAgain(context: Context, project: string): Promise<AppliedAgain> {
  const { store, clock, config, log } = context;
  const oldest = clock.now() - config.limits.actWithinDays * DAY;
  let [again, changed] = [0, 0];
  const since = Math.min(oldest, clock.now() - LONGEST_OPEN);
  for await (const stored of openSeries(store.db, project, since)) {
    try {
      const result = (await mirrorOf(store.db, project, stored.series.key))?.result;
      if (result?.state === 'conflict' && stored.series.posted >= oldest) {
        if (await retryConflict(context, stored)) again++;
      } else if (result?.state === 'applied' && (await tryApplied(context, stored, result))) changed++;
    } catch (error) {
      log.warn({ project, series: stored.series.msgid }, describeError(error));
    }
  }
  return { again, changed };
}

async function retryConflict(context: Context, stored: StoredSeries): Promise<boolean> {
  const { project, key, msgid } = stored.series;
  const mirror = await context.mirrorOf(project);
  const { state } = await mirror.check(await requestOf(context, stored));
  if (state !== 'applied' && state !== 'already') return false;
  await context.store.transaction((tx) => enqueue(tx, mirrorJob({ project, key }), context.clock.now()));
  context.log.info({ project, series: msgid }, 'applies now that the branch has moved');
  return true;
}

/** @returns whether the answer is another one */
async function tryApplied(context: Context, stored: StoredSeries, result: MirrorResult): Promise<boolean> {
  const { project, key, msgid } = stored.series;
  const before = result.onTip ?? null;
  const tip = await tipFor(context, stored);
  if (tip === null || before?.base?.commit === tip) return false;
  const fit = await fitOfRest(context, stored);
  if (fit === null || fit.state === 'error') return false;
  const changed = (before?.state === 'conflict') !== (fit.state === 'conflict');
  await context.store.transaction(async (tx) => {
    const now = await mirrorOf(tx, project, key);
    if (now?.result.ref !== result.ref) return;
    await amendMirror(tx, { project, key }, { ...now.result, onTip: fit });
    if (!changed) return;
    await judgeAgain(tx, context, { project, key });
    await enqueue(tx, reportJob({ project, key }), context.clock.now());
  });
  if (changed)
    context.log.info({ project, series: msgid, reason: fit.reason }, `${fit.state} on the branch as it is now`);
  return changed;
}

/** Where the branch of a series stood when upstream was read last; null where that was never done. */
async function tipFor({ store: { db }, config }: Context, { series }: StoredSeries): Promise<string | null> {
  const project = projectOf({ config }, series.project);
  for (const name of [branchFor(project, series.target), project.git?.branch ?? null]) {
    const branch = name === null ? null : await branchOf(db, series.project, name);
    if (branch !== null) return branch.tip;
  }
  return null;
}

/** Whether what upstream does not have yet of a series applies; null where it has all. */
async function fitOfRest(context: Context, stored: StoredSeries): Promise<Fit | null> {
  const landed = await landedPatches(context, stored);
  const request = await requestOf(context, stored);
  const patches = request.patches.filter(({ index }) => !landed.includes(index));
  if (patches.length === 0) return null;
  return (await context.mirrorOf(stored.series.project)).check({ ...request, patches });
}
