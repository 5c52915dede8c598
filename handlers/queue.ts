import type { LandingView } from '../src/report/landing.ts';
import type { MarkedSeries } from '../src/report/queue.ts';
import { type Comment, unanswered } from '../src/review/waiting.ts';
import { withMarks } from '../src/store/facts.ts';
import { landingsOf } from '../src/store/landed.ts';
import { digestsOfComponent } from '../src/store/messages.ts';
import type { Db } from '../src/store/schema.ts';
import { dispositionsOfComponent, type StoredSeries } from '../src/store/series.ts';
import { type Context, projectOf } from './context.ts';
import { branchFor, openJudge, openSeries } from './judge.ts';
import type { LandingFound } from './landings.ts';

/** A series in the queue with its row of the store. */
export interface Queued extends MarkedSeries {
  readonly stored: StoredSeries;
}

/** Which part of the queue is wanted. */
export interface QueueQuestion {
  /** Null: all projects. */
  readonly project: string | null;
  /** Posted at or after, epoch ms. */
  readonly since: number;
  /** Also look for comments without an answer, which takes reading all mails of each thread. */
  readonly comments: boolean;
}

/**
 * Every open series of a project, or of all, oldest first: complete, replaced by no later version, and not yet upstream as a whole.
 * Judged at this moment, so that what depends on time is true.
 */
export async function queueOf(
  context: Context,
  { project, since, comments }: QueueQuestion,
): Promise<readonly Queued[]> {
  const { db } = context.store;
  const judge = openJudge(db, context);
  const queue: Omit<Queued, 'marks'>[] = [];
  for (const { name } of context.config.projects) {
    if (project !== null && project !== name) continue;
    for (const stored of (await Array.fromAsync(openSeries(db, name, since))).toReversed()) {
      const { series, tags } = stored;
      const landed = await landedPatches(context, stored);
      if (landed.length === series.patches.length && landed.length > 0) continue;
      queue.push({
        stored,
        series,
        landed,
        readiness: await judge.judge(series, tags),
        comments: comments ? await commentsOn(db, stored) : [],
      });
    }
  }
  return withMarks(db, queue);
}

async function commentsOn(db: Db, { series, tags, component }: StoredSeries): Promise<readonly Comment[]> {
  const mails = await digestsOfComponent(db, component);
  const entries = mails.map(({ digest }) => digest.entry);
  return unanswered(series, tags, entries, await dispositionsOfComponent(db, component));
}

/** Numbers of the patches that the branch for which the series was posted has already. */
export async function landedPatches(context: Context, { series }: StoredSeries): Promise<readonly number[]> {
  const branch = branchFor(projectOf(context, series.project), series.target);
  const found = await landingsOf(
    context.store.db,
    series.project,
    series.patches.map(({ msgid }) => msgid),
  );
  return series.patches
    .filter(({ msgid }) => found.get(msgid)?.some((landing) => landing.branch === branch))
    .map(({ index }) => index);
}

/** Where upstream has the patches of a series, oldest commit first. */
export async function landingViews(
  context: Pick<Context, 'store'>,
  { series }: StoredSeries,
): Promise<readonly LandingView[]> {
  const msgids = series.patches.map(({ msgid }) => msgid);
  const found = await landingsOf<LandingFound>(context.store.db, series.project, msgids);
  return series.patches.flatMap(({ index, msgid }) =>
    (found.get(msgid) ?? []).map(({ branch, commit, committed, found: one }) => {
      return { patch: index, msgid, branch, commit, date: new Date(committed).toISOString(), ...one };
    }),
  );
}
