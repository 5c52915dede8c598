import { saveEvents } from '../src/store/events.ts';
import { enqueue } from '../src/store/jobs.ts';
import { seriesByKey, type SeriesKey } from '../src/store/series.ts';
import type { Tx } from '../src/store/schema.ts';
import type { Context } from './context.ts';
import { deriveComponents, type DerivedNews } from './derive.ts';
import { eventsOf } from './events.ts';
import { openJudge } from './judge.ts';
import { reportJob } from './report-job.ts';
import { mirrorJob, tagsJob } from './series-jobs.ts';

const DAY = 86_400_000;

/**
 * Derives components that mail has come to, and keeps the events of what that brought.
 * @param act also enqueue what follows, for series that are recent enough
 */
export async function deriveTouched(
  tx: Tx,
  context: Context,
  components: readonly number[],
  act: boolean,
): Promise<DerivedNews> {
  const news = await deriveComponents(tx, components, context.config.projects, openJudge(tx, context));
  const now = context.clock.now();
  await saveEvents(tx, eventsOf(news), now);
  if (!act) return news;
  await enqueueRecent(tx, context, news.completed);
  await enqueueHeld(tx, context, news.fresh);
  for (const of of news.tagged) await enqueue(tx, tagsJob(of), now);
  return news;
}

/** Whether patches are still missing is asked a day later: most of them arrive within minutes. */
async function enqueueHeld(tx: Tx, { config, clock }: Context, fresh: readonly SeriesKey[]): Promise<void> {
  const now = clock.now();
  for (const { project, key } of fresh) {
    if (config.projects.find(({ name }) => name === project)?.report.held !== true) continue;
    const series = (await seriesByKey(tx, project, key))?.series;
    if (series === undefined || series.complete || series.posted < now - config.limits.actWithinDays * DAY) continue;
    await enqueue(tx, { ...reportJob({ project, key }), runAt: now + DAY }, now);
  }
}

/** Old series are shown, but nobody wants an answer to them: the first start on a full mailbox must not flood a list. */
async function enqueueRecent(tx: Tx, context: Context, completed: readonly SeriesKey[]): Promise<void> {
  const now = context.clock.now();
  const oldest = now - context.config.limits.actWithinDays * DAY;
  for (const { project, key } of completed) {
    const found = await seriesByKey(tx, project, key);
    const configured = context.config.projects.find((one) => one.name === project);
    if (!found || !configured || found.series.posted < oldest || found.series.state === 'superseded') continue;
    if (configured.report.received) await enqueue(tx, reportJob({ project, key }), now);
    if (!configured.git) continue;
    await enqueue(tx, mirrorJob({ project, key }), now);
    context.log.info({ project, series: found.series.msgid }, 'series complete');
  }
}
