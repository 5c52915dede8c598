import type { Db } from '../store/schema.ts';
import { listSeries } from '../store/series.ts';
import type { StoredSeries } from '../store/series.ts';
import { storeQuery, writePosition } from './query.ts';
import type { SeriesFilter } from './query.ts';

/** One page of series and where the next one starts, or null. */
export interface SeriesPage {
  readonly rows: readonly StoredSeries[];
  readonly next: string | null;
}

export async function readPage(db: Db, filter: SeriesFilter, limit: number): Promise<SeriesPage> {
  const found = await listSeries(db, storeQuery(filter, limit + 1));
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  return { rows, next: found.length > limit && last !== undefined ? writePosition(last.series) : null };
}
