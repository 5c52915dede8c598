import { listMirrors, mirrorOf } from '../src/store/mirrors.ts';
import { enqueue } from '../src/store/jobs.ts';
import { seriesByKey } from '../src/store/series.ts';
import { describeError } from '../src/util/errors.ts';
import type { Context } from './context.ts';
import { mirrorJob } from './message-arrived.ts';
import { requestOf } from './series-complete.ts';

const DAY = 86_400_000;
const MOST_SERIES = 300;

/**
 * Tries the open series that did not apply on the branch as it stands now; those that would apply are mirrored again. Trying writes
 * nothing and takes milliseconds a series. One that cannot be tried is logged and does not stop the others.
 * @returns how many are mirrored again
 */
export async function applyAgain(context: Context, project: string): Promise<number> {
  const { store, clock, config, log } = context;
  const oldest = clock.now() - config.limits.actWithinDays * DAY;
  const mirror = await context.mirrorOf(project);
  const conflicts = await listMirrors(store.db, { project, state: 'conflict', limit: MOST_SERIES });
  let again = 0;
  for (const key of new Set(conflicts.map((one) => one.key))) {
    const stored = await seriesByKey(store.db, project, key);
    const latest = await mirrorOf(store.db, project, key);
    if (stored?.series.state !== 'complete' || stored.series.posted < oldest || latest?.result.state !== 'conflict')
      continue;
    try {
      const { state } = await mirror.check(await requestOf(context, stored));
      if (state !== 'applied' && state !== 'already') continue;
      await store.transaction((tx) => enqueue(tx, mirrorJob({ project, key }), clock.now()));
      log.info({ project, series: stored.series.msgid }, 'applies now that the branch has moved');
      again++;
    } catch (error) {
      log.warn({ project, series: stored.series.msgid }, describeError(error));
    }
  }
  return again;
}
