import { sql } from 'kysely';
import type { ExpressionBuilder, Selectable, SqlBool } from 'kysely';
import type { Readiness, SeriesTags } from '../review/tag.ts';
import type { Series } from '../series/series.ts';
import { tagsFrom } from './documents.ts';
import type { Db, Schema, SeriesTable } from './schema.ts';
import type { SearchField } from './search-fields.ts';
import { says } from './word-match.ts';

export { replaceSeries, type SeriesNews } from './derived.ts';
export { countDispositions, dispositionOf, dispositionsOfComponent } from './dispositions.ts';

/** A series with what reviewers said of it. */
export interface SeriesRow {
  readonly series: Series;
  readonly tags: SeriesTags;
  readonly readiness: Readiness;
}

export interface StoredSeries extends SeriesRow {
  readonly component: number;
}

/** Project and `Series.key`: what mirrors, checks and reports hang on. */
export interface SeriesKey {
  readonly project: string;
  readonly key: string;
}

/** Series with a patch of that id, newest first; few ask, so the documents are searched. @param patchId `git patch-id --stable` */
export async function seriesWithPatch(db: Db, project: string, patchId: string): Promise<readonly StoredSeries[]> {
  if (!/^[0-9a-f]{40,64}$/.test(patchId)) return [];
  const found = db.selectFrom('series').selectAll().where('project', '=', project);
  const rows = found
    .where('document', 'like', `%"patchId":"${patchId}"%`)
    .orderBy('posted', 'desc')
    .orderBy('id', 'desc');
  return (await rows.limit(20).execute()).map(storedSeries);
}

/** Which series a list wants; everything that is given must hold. */
export interface SeriesQuery {
  readonly project?: string;
  readonly state?: Series['state'];
  readonly readiness?: Readiness['state'];
  /** Words, or their beginnings, that must all occur in subjects, author or change; neither case nor accents matter. */
  readonly text?: string;
  /** Consecutive words of the author's name or address, the last of them perhaps only begun. */
  readonly author?: string;
  readonly limit: number;
  /** Only what comes after this one in the list: the last series of the page before. */
  readonly before?: Pick<Series, 'posted' | 'msgid' | 'project'>;
}

/** Newest first, by time of posting, then Message-ID and project. */
export async function listSeries(db: Db, query: SeriesQuery): Promise<readonly StoredSeries[]> {
  const { project, state, readiness, author, before } = query;
  let found = db.selectFrom('series').selectAll();
  if (project !== undefined) found = found.where('project', '=', project);
  if (state !== undefined) found = found.where('state', '=', state);
  if (readiness !== undefined) found = found.where('readiness', '=', readiness);
  for (const word of query.text?.split(/\s+/).filter((word) => word !== '') ?? [])
    found = found.where(saying(db, 'words', word));
  if (author !== undefined) found = found.where(saying(db, 'author', author));
  if (before !== undefined) {
    found = found.where(
      sql<SqlBool>`(posted, msgid, project) < (${before.posted}, ${before.msgid}, ${before.project})`,
    );
  }
  found = found.orderBy('posted', 'desc').orderBy('msgid', 'desc').orderBy('project', 'desc');
  return (await found.limit(query.limit).execute()).map(storedSeries);
}

/** By the one index that all searches use. */
function saying(db: Db, field: SearchField, text: string) {
  const found = db
    .selectFrom('series_search')
    .select('series_search.series')
    .where(says(db, [field], text));
  return (eb: ExpressionBuilder<Schema, 'series'>) => eb('series.id', 'in', found);
}

/** How many series there are in each project and state. */
export async function countSeries(
  db: Db,
): Promise<readonly { project: string; state: Series['state']; count: number }[]> {
  // The index of searches has both columns; the table itself has all documents between them.
  return db
    .selectFrom('series_search')
    .select(['project', 'state', ({ fn }) => fn.countAll<number>().as('count')])
    .groupBy(['project', 'state'])
    .execute();
}

export async function seriesByKey(db: Db, project: string, key: string): Promise<StoredSeries | null> {
  const found = db.selectFrom('series').selectAll().where('project', '=', project).where('key', '=', key);
  return knownSeries(await found.orderBy('posted', 'desc').orderBy('msgid').limit(1).executeTakeFirst());
}

/** Series by the number of their row; numbers that no row has are left out. */
export async function seriesByIds(db: Db, ids: readonly number[]): Promise<ReadonlyMap<number, StoredSeries>> {
  if (ids.length === 0) return new Map();
  const rows = await db.selectFrom('series').selectAll().where('id', 'in', ids).execute();
  return new Map(rows.map((row) => [row.id, storedSeries(row)]));
}

/** The series that has this mail as its cover or one of its patches; the newest where several have it. */
export async function seriesByMsgid(db: Db, msgid: string, project?: string): Promise<StoredSeries | null> {
  const of = db.selectFrom('series_message').select('series').where('msgid', '=', msgid);
  const found = db.selectFrom('series').selectAll().where('id', 'in', of);
  const rows = await found.orderBy('posted', 'desc').orderBy('project').orderBy('msgid').execute();
  // The few that have the mail are told apart here: asked for its project, SQLite may read all series of that.
  return knownSeries(rows.find((one) => project === undefined || one.project === project));
}

/** All versions of a change, oldest version first. */
export async function seriesOfChange(db: Db, change: string, project?: string): Promise<readonly StoredSeries[]> {
  let found = db.selectFrom('series').selectAll().where('change', '=', change);
  if (project !== undefined) found = found.where('project', '=', project);
  const rows = await found.orderBy('version').orderBy('revision').orderBy('posted').orderBy('msgid').execute();
  return rows.map(storedSeries);
}

function knownSeries(row: Selectable<SeriesTable> | undefined): StoredSeries | null {
  return row === undefined ? null : storedSeries(row);
}

function storedSeries(row: Selectable<SeriesTable>): StoredSeries {
  return {
    series: JSON.parse(row.document) as Series,
    tags: tagsFrom(row.tags),
    readiness: JSON.parse(row.readiness_document) as Readiness,
    component: row.component,
  };
}
