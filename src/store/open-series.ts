import type { Readiness } from '../review/tag.ts';
import type { Series } from '../series/series.ts';
import type { Db } from './schema.ts';

/** A change that can still go in, by its newest version. */
export interface OpenSeries {
  readonly series: Series;
  readonly readiness: Readiness;
}

/** The newest open changes of all projects: complete, replaced by nothing, posted since. @param since epoch ms */
export async function newestOpen(db: Db, since: number, limit: number): Promise<readonly OpenSeries[]> {
  const rows = await db
    .selectFrom('series_search')
    .innerJoin('series', 'series.id', 'series_search.series')
    .select(['document', 'readiness_document'])
    .where('latest', '=', 1)
    .where('series_search.state', '=', 'complete')
    .where('series_search.posted', '>=', since)
    .orderBy('series_search.posted', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    series: JSON.parse(row.document) as Series,
    readiness: JSON.parse(row.readiness_document) as Readiness,
  }));
}

/** How many changes of a project have a state and readiness, by their newest version. */
export interface ChangeCount {
  readonly project: string;
  readonly state: Series['state'];
  readonly readiness: Readiness['state'];
  readonly count: number;
}

/** All changes, counted; the more there are, the longer it takes. */
export async function countChanges(db: Db): Promise<readonly ChangeCount[]> {
  return db
    .selectFrom('series_search')
    .select(['project', 'state', 'readiness', ({ fn }) => fn.countAll<number>().as('count')])
    .where('latest', '=', 1)
    .groupBy(['project', 'state', 'readiness'])
    .execute();
}
