import { sql } from 'kysely';
import type { ExpressionBuilder, Expression, SelectQueryBuilder, SqlBool } from 'kysely';
import type { Readiness } from '../review/tag.ts';
import type { SeriesState } from '../series/series.ts';
import { chunks } from './chunks.ts';
import type { Db, Schema } from './schema.ts';
import type { PatchState } from './schema-listed.ts';
import type { SearchField } from './search-fields.ts';
import { type StoredSeries, seriesByIds } from './series.ts';
import { says } from './word-match.ts';

/** What a series can have. */
export type Having =
  | 'cover'
  | 'comments'
  | 'tags'
  | 'objection'
  | 'branch'
  | 'conflict'
  | 'checks'
  | 'failure'
  | 'landed';

/** One thing that is asked of a series; `not` turns it round. */
export type Condition = { readonly not: boolean } & (
  | { readonly kind: 'text'; readonly fields: readonly SearchField[]; readonly text: string }
  | { readonly kind: 'state'; readonly state: SeriesState }
  | { readonly kind: 'ready'; readonly states: readonly Readiness['state'][] }
  | { readonly kind: 'target'; readonly target: string }
  /** Epoch ms, `from` included. */
  | { readonly kind: 'posted'; readonly from: number; readonly until: number }
  | { readonly kind: 'has'; readonly what: Having }
  /** People have set one of these of one of its patches. */
  | { readonly kind: 'mark'; readonly states: readonly PatchState[] }
);

/** By time of posting, by the last mail of the thread, or by number of patches; the greatest first. */
export type SearchSort = 'posted' | 'active' | 'patches';

/** Where a page ended: the value that it is sorted by, and the row. */
export interface SearchPlace {
  readonly value: number;
  readonly series: number;
}

export interface SearchQuery {
  readonly project: string | null;
  /** All must hold. */
  readonly conditions: readonly Condition[];
  /** Only the newest version of each change. */
  readonly latest: boolean;
  readonly sort: SearchSort;
  /** The smallest first. */
  readonly ascending: boolean;
}

/** A found series, with what a list tells of it. */
export interface FoundSeries extends StoredSeries {
  readonly place: SearchPlace;
  /** Replies to it. */
  readonly comments: number;
  /** Time of the last mail of its thread, epoch ms. */
  readonly active: number;
}

type Where = SelectQueryBuilder<Schema, 'series_search', object>;

/** Series that fit, in order. A page is as fast as its index, however many series there are. */
export async function searchSeries(
  db: Db,
  query: SearchQuery,
  page: { readonly limit: number; readonly after: SearchPlace | null },
): Promise<readonly FoundSeries[]> {
  const { sort, ascending } = query;
  const direction = ascending ? 'asc' : 'desc';
  let found = narrowed(db, query)
    .select(['series', 'comments', 'active', `${sort} as value`])
    .orderBy(sort, direction)
    .orderBy('series', direction);
  if (page.after !== null) {
    const { value, series } = page.after;
    const place = sql`(${sql.ref(`series_search.${sort}`)}, series_search.series)`;
    found = found.where(
      ascending ? sql<SqlBool>`${place} > (${value}, ${series})` : sql<SqlBool>`${place} < (${value}, ${series})`,
    );
  }
  const rows = await found.limit(page.limit).execute();
  const stored = new Map<number, StoredSeries>();
  for (const part of chunks(rows.map(({ series }) => series)))
    for (const [id, one] of await seriesByIds(db, part)) stored.set(id, one);
  return rows.flatMap(({ series, comments, active, value }) => {
    const one = stored.get(series);
    return one === undefined ? [] : [{ ...one, comments, active, place: { value, series } }];
  });
}

/** How many series fit, counted no further than `most`. */
export async function countFound(db: Db, query: SearchQuery, most: number): Promise<number> {
  const rows = narrowed(db, query).select(sql<number>`1`.as('one')).limit(most);
  const counted = db.selectFrom(rows.as('found')).select(({ fn }) => fn.countAll<number>().as('count'));
  return (await counted.executeTakeFirst())?.count ?? 0;
}

function narrowed(db: Db, { project, conditions, latest }: SearchQuery): Where {
  let found: Where = db.selectFrom('series_search');
  if (latest) found = found.where('latest', '=', 1);
  if (project !== null) found = found.where('project', '=', project);
  for (const condition of conditions)
    found = found.where((eb) => {
      const holds = conditionOf(db, eb, condition);
      return condition.not ? eb.not(holds) : holds;
    });
  return found;
}

type Builder = ExpressionBuilder<Schema, 'series_search'>;

function conditionOf(db: Db, eb: Builder, condition: Condition): Expression<SqlBool> {
  switch (condition.kind) {
    case 'text':
      return says(db, condition.fields, condition.text);
    case 'state':
      return eb('state', '=', condition.state);
    case 'ready':
      return eb('readiness', 'in', condition.states);
    case 'target':
      return eb('target', '=', condition.target);
    case 'posted':
      return eb.and([eb('posted', '>=', condition.from), eb('posted', '<', condition.until)]);
    case 'has':
      return has(eb, condition.what);
    case 'mark':
      return marked(condition.states, condition.not);
  }
}

function has(eb: Builder, what: Having): Expression<SqlBool> {
  switch (what) {
    case 'cover':
      return eb('cover', '=', 1);
    case 'comments':
      return eb('comments', '>', 0);
    case 'tags':
      return eb('tags', '>', 0);
    case 'objection':
      return eb('objections', '>', 0);
    case 'branch':
      return sql<SqlBool>`series_search.series in (${work('mirror', 'applied')})`;
    case 'conflict':
      return sql<SqlBool>`series_search.series in (${work('mirror', 'conflict')})`;
    case 'checks':
      return sql<SqlBool>`series_search.series in (${work('check_result')})`;
    case 'failure':
      return sql<SqlBool>`series_search.series in (${work('check_result', 'fail')})`;
    case 'landed':
      return sql<SqlBool>`exists (select 1 from series_message m join landed on landed.msgid = m.msgid
        where m.series = series_search.series and landed.project = series_search.project)`;
  }
}

/** So many marks are gone through at most to find the series that have them. */
const FEW_MARKS = 5000;

/**
 * Where few patches are marked so, the series are found from the marks. Where many are, or none is wanted, a page soon has its series: each is
 * looked at, and not all marks. Joined crosswise, because SQLite keeps that order: without statistics it goes through all series of a project.
 */
function marked(states: readonly PatchState[], each: boolean): Expression<SqlBool> {
  const wanted = sql`k.state in (${sql.join(states)})`;
  const ofEach = sql<SqlBool>`exists (select 1 from series_message m cross join patch_mark k
    where m.series = series_search.series and k.project = series_search.project and k.msgid = m.msgid and ${wanted})`;
  if (each) return ofEach;
  const found = sql<SqlBool>`series_search.series in (select s.id from patch_mark k cross join series_message m
    cross join series s where ${wanted} and m.msgid = k.msgid and s.id = m.series and s.project = k.project)`;
  const count = sql<number>`(select count(*) from (select 1 from patch_mark k where ${wanted} limit ${FEW_MARKS}) as counted)`;
  return sql<SqlBool>`case when ${count} < ${FEW_MARKS} then ${found} else ${ofEach} end`;
}

/** The series for which something was done, found from what was done: it is less than all series, and failures are few. */
function work(table: 'mirror' | 'check_result', state?: 'applied' | 'conflict' | 'fail') {
  const done = state === undefined ? sql`` : sql`where work.state = ${state}`;
  return sql`select s.id from ${sql.table(table)} work join series s on s.project = work.project and s.key = work.key ${done}`;
}
