import type { Db } from '../store/schema.ts';
import { listSeries } from '../store/series.ts';
import type { StoredSeries } from '../store/series.ts';
import { withQuery } from './links.ts';
import { STATE_FILTERS, storeQuery, writePosition } from './query.ts';
import type { SeriesFilter } from './query.ts';
import { seriesLine } from './series-table.ts';
import type { SeriesTable } from './series-table.ts';
import type { Html } from './visible.ts';

/** Series on one page. */
export const SERIES_PAGE = 50;

interface Choice {
  readonly value: string;
  readonly word: string;
  readonly selected: boolean;
}

export interface SeriesModel {
  readonly q: string;
  readonly projects: readonly Choice[];
  readonly states: readonly Choice[];
  readonly table: Html;
  readonly any: boolean;
  readonly filtered: boolean;
  /** Links to the pages beside this one; empty where there is none. */
  readonly newest: string;
  readonly older: string;
}

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

export async function seriesModel(
  db: Db,
  projects: readonly string[],
  filter: SeriesFilter,
  now: number,
  render: (table: SeriesTable) => Html,
): Promise<SeriesModel> {
  const { rows, next } = await readPage(db, filter, SERIES_PAGE);
  const { project, q, state } = filter;
  const choice = (value: string, word: string, chosen: string | null): Choice => ({
    value,
    word,
    selected: value === (chosen ?? ''),
  });
  return {
    q,
    projects: [choice('', 'all projects', project), ...projects.map((name) => choice(name, name, project))],
    states: [
      choice('', 'any state', state),
      ...Object.entries(STATE_FILTERS).map(([name, word]) => choice(name, word, state)),
    ],
    table: render({ caption: 'Series, newest first', rows: rows.map((one) => seriesLine(one, now)) }),
    any: rows.length > 0,
    filtered: project !== null || q !== '' || state !== null,
    newest: filter.before === null ? '' : withQuery('/series', { project, q, state }),
    older: next === null ? '' : withQuery('/series', { project, q, state, before: next }),
  };
}
