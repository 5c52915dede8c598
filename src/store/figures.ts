import type { SeriesTags } from '../review/tag.ts';
import type { Check } from '../ci/run.ts';
import { tagsFrom } from './documents.ts';
import type { Db } from './schema.ts';

/** Rows that one look reads at most. */
const MOST = 20_000;
/** Replies that `repliesSince` reads at most. */
export const MOST_REPLIES = 5 * MOST;

/** A posted version, as figures are made of it. Times are epoch ms. */
export interface PostedSeries {
  readonly project: string;
  readonly change: string;
  readonly msgid: string;
  /** Name and address, lower case. */
  readonly author: string;
  readonly posted: number;
  readonly tags: SeriesTags;
}

/** Versions posted since a time, oldest first; the newest where there are too many. */
export async function postedSince(db: Db, since: number): Promise<readonly PostedSeries[]> {
  const rows = await db
    .selectFrom('series')
    .select(['project', 'change', 'msgid', 'author', 'posted', 'tags'])
    .where('posted', '>=', since)
    .orderBy('posted', 'desc')
    .limit(MOST)
    .execute();
  return rows.map((row) => ({ ...row, tags: tagsFrom(row.tags) })).toReversed();
}

/** A reply of a person to a series. */
export interface Reply {
  readonly series: string;
  /** Address, lower case. */
  readonly by: string;
  readonly posted: number;
}

/** Replies posted since a time, newest first; programs' mails are none of them. */
export async function repliesSince(db: Db, since: number): Promise<readonly Reply[]> {
  const rows = await db
    .selectFrom('message')
    .innerJoin('disposition', 'disposition.msgid', 'message.msgid')
    .select(['disposition.series as series', 'author as by', 'posted'])
    .where('posted', '>=', since)
    .where('chosen', '=', 1)
    .where('kind', '=', 'reply')
    .orderBy('posted', 'desc')
    .limit(MOST_REPLIES)
    .execute();
  return rows.flatMap(({ series, by, posted }) => (series === null || by === null ? [] : [{ series, by, posted }]));
}

/** When upstream took changes: the last commit of each, by `project change`. */
export async function landedChanges(db: Db, since: number): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom('landed')
    // Joined crosswise, because SQLite keeps that order: without statistics of what has landed it goes through that for every series.
    .crossJoin('series_message')
    .crossJoin('series')
    .select(['series.project as project', 'series.change as change', ({ fn }) => fn.max('committed').as('at')])
    .where('committed', '>=', since)
    .whereRef('series_message.msgid', '=', 'landed.msgid')
    .whereRef('series.id', '=', 'series_message.series')
    .whereRef('series.project', '=', 'landed.project')
    .groupBy(['series.project', 'series.change'])
    .execute();
  return new Map(rows.map(({ project, change, at }) => [`${project} ${change}`, at]));
}

/** Finished checks since a time, newest first. */
export async function checksSince(
  db: Db,
  since: number,
): Promise<readonly Pick<Check, 'context' | 'state' | 'seconds'>[]> {
  const rows = await db
    .selectFrom('check_result')
    .select('document')
    .where('at', '>=', since)
    .where('state', '!=', 'pending')
    .orderBy('at', 'desc')
    .limit(MOST)
    .execute();
  return rows.map(({ document }) => JSON.parse(document) as Check);
}
