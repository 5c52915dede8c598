import { seriesView } from '../report/view.ts';
import type { SeriesFacts, SeriesView } from '../report/view.ts';
import { checksOf } from '../store/checks.ts';
import { mirrorOf } from '../store/mirrors.ts';
import type { Db } from '../store/schema.ts';
import type { StoredSeries } from '../store/series.ts';
import { withQuery } from './links.ts';
import type { SeriesFilter } from './query.ts';
import { readPage } from './series-page.ts';

/** Series that one answer of the API has where nothing is asked for, and at most. */
export const API_LIMIT = 50;
export const API_LIMIT_MOST = 200;

/** One page of `patchloom series --json`, and the path of the next one or null. */
export interface ApiPage {
  readonly views: readonly SeriesView[];
  readonly next: string | null;
}

export async function seriesApi(
  db: Db,
  filter: SeriesFilter,
  options: { readonly limit: number; readonly format: string },
): Promise<ApiPage> {
  const { rows, next } = await readPage(db, filter, options.limit);
  const views: SeriesView[] = [];
  for (const row of rows) views.push(seriesView(await factsOf(db, row)));
  const { project, q, state } = filter;
  const values = { project, q, state, limit: String(options.limit), format: options.format };
  return { views, next: next === null ? null : withQuery('/api/series', { ...values, before: next }) };
}

/** All that is known of a stored series. */
export async function factsOf(db: Db, { series, tags, readiness }: StoredSeries): Promise<SeriesFacts> {
  const mirror = await mirrorOf(db, series.project, series.key);
  const checks = await checksOf(db, series.project, series.key);
  return { series, tags, readiness, mirror: mirror?.result ?? null, checks };
}
