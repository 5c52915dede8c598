import type { Db } from '../store/schema.ts';
import { countFound, searchSeries } from '../store/search.ts';
import type { SearchPlace, SearchQuery } from '../store/search.ts';
import { BadRequest } from './bad-request.ts';
import { withQuery } from './links.ts';
import { projectFilter } from './query.ts';
import { HAVINGS, parseSearch, searchQuery, SORTS, type SortName } from './search-language.ts';
import { seriesLines } from './series-table.ts';
import type { SeriesTable } from './series-table.ts';
import { Html } from './visible.ts';

/** Changes on one page. */
export const CHANGES_PAGE = 50;

/** Found changes are counted so far; more of them are "more than". */
const COUNTED = 10_000;
const SAVED_COUNTED = 1_000;

/** A query under a name, as the configuration has it. */
export interface SavedQuery {
  readonly name: string;
  readonly query: string;
}

/** The saved queries with what `savedCounts` says of them; one without a count is not offered. */
export interface Saved {
  readonly queries: readonly SavedQuery[];
  readonly counts: ReadonlyMap<string, number>;
}

/** What the list was asked for, in the words of its form. */
export interface ListAsked {
  readonly q: string;
  readonly me: string;
  readonly project: string | null;
  readonly sort: SortName;
  readonly after: SearchPlace | null;
  readonly query: SearchQuery;
}

export interface Choice {
  readonly value: string;
  readonly word: string;
  readonly selected: boolean;
}

export interface ChangesModel {
  readonly q: string;
  readonly me: string;
  readonly projects: readonly Choice[];
  readonly sorts: readonly Choice[];
  readonly saved: readonly { name: string; href: string; count: string; current: boolean }[];
  readonly havings: readonly { name: string; words: string }[];
  /** What in the search is not understood; nothing is listed then. */
  readonly fault: string;
  /** `1234`, `10000+`. */
  readonly count: string;
  readonly table: Html;
  readonly any: boolean;
  readonly filtered: boolean;
  readonly feed: string;
  /** Links to the pages beside this one; empty where there is none. */
  readonly first: string;
  readonly next: string;
}

/** Reads the form of the list. @throws BadRequest */
export function listAsked(
  query: Readonly<Record<string, string>>,
  projects: readonly string[],
  now: number,
): ListAsked {
  const sort = query['sort'] || 'newest';
  if (!Object.hasOwn(SORTS, sort)) throw new BadRequest(`sort: one of ${Object.keys(SORTS).join(', ')}`);
  const me = (query['me'] ?? '').trim().slice(0, 200);
  const q = (query['q'] ?? '').trim();
  const project = projectFilter(query, projects);
  const chosen = sort as SortName;
  const searched = searchQuery(parseSearch(q, { me, now }), project, chosen);
  return { q, me, project, sort: chosen, after: readPlace(query['after'] ?? ''), query: searched };
}

/** Reads one page of the list; `render` makes its table. */
export async function changesModel(
  db: Db,
  projects: readonly string[],
  saved: Saved,
  asked: ListAsked,
  now: number,
  render: (table: SeriesTable) => Html,
): Promise<ChangesModel> {
  const found = await searchSeries(db, asked.query, { limit: CHANGES_PAGE + 1, after: asked.after });
  const rows = found.slice(0, CHANGES_PAGE);
  const last = rows.at(-1);
  const more = found.length > CHANGES_PAGE && last !== undefined;
  const { q, me, project, sort } = asked;
  const values = { q, me, project, sort: sort === 'newest' ? null : sort };
  return {
    ...formModel(projects, saved, asked),
    fault: '',
    count: countWords(await countFound(db, asked.query, COUNTED + 1), COUNTED),
    table: render({ caption: 'Changes', rows: await seriesLines(db, rows, now) }),
    any: rows.length > 0,
    filtered: q !== '' || project !== null || asked.after !== null,
    feed: withQuery('/series.atom', { q, me, project }),
    first: asked.after === null ? '' : withQuery('/series', values),
    next: more ? withQuery('/series', { ...values, after: `${last.place.value}.${last.place.series}` }) : '',
  };
}

/** The form as it was sent, with the words that say what is wrong in it. */
export function faultyModel(
  query: Readonly<Record<string, string>>,
  projects: readonly string[],
  saved: Saved,
  fault: string,
): ChangesModel {
  const [q = '', me = ''] = [query['q'], query['me']].map((text) => (text ?? '').slice(0, 300));
  const form = formModel(projects, saved, { q, me, project: query['project'] ?? '', sort: query['sort'] ?? '' });
  const nothing = { count: '', table: new Html(''), any: false, filtered: true, feed: '', first: '', next: '' };
  return { ...form, ...nothing, fault };
}

type Form = Pick<ChangesModel, 'q' | 'me' | 'projects' | 'sorts' | 'saved' | 'havings'>;

function formModel(
  projects: readonly string[],
  saved: Saved,
  asked: Pick<ListAsked, 'q' | 'me' | 'project'> & { readonly sort: string },
): Form {
  const { q, me, project, sort } = asked;
  const choice = (value: string, word: string, chosen: string): Choice => ({ value, word, selected: value === chosen });
  return {
    q,
    me,
    projects: [choice('', 'all projects', project ?? ''), ...projects.map((name) => choice(name, name, project ?? ''))],
    sorts: Object.keys(SORTS).map((name) => choice(name, `${name} first`, sort)),
    saved: savedLinks(saved, asked),
    havings: Object.entries(HAVINGS).map(([name, words]) => ({ name, words })),
  };
}

/** Whether a search asks for what waits for its reader. */
export function asksMe(query: string): boolean {
  return /:me\b/.test(query);
}

/** How many changes each saved query finds, by its name; those that need to know who asks are left out until it is known. */
export async function savedCounts(
  db: Db,
  saved: readonly SavedQuery[],
  project: string | null,
  { me, now }: { readonly me: string; readonly now: number },
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const { name, query } of saved) {
    if (me === '' && asksMe(query)) continue;
    const asked = searchQuery(parseSearch(query, { me, now }), project, 'newest');
    counts.set(name, await countFound(db, asked, SAVED_COUNTED + 1));
  }
  return counts;
}

function savedLinks(
  { queries, counts }: Saved,
  { q, me, project }: Pick<ListAsked, 'q' | 'me' | 'project'>,
): ChangesModel['saved'] {
  return queries.flatMap(({ name, query }) => {
    const count = counts.get(name);
    if (count === undefined) return [];
    const href = withQuery('/series', { q: query, me, project });
    return [{ name, href, count: countWords(count, SAVED_COUNTED), current: query === q }];
  });
}

function countWords(count: number, most: number): string {
  return count > most ? `${most}+` : String(count);
}

function readPlace(text: string): SearchPlace | null {
  if (text === '') return null;
  const [, value, series] = /^(-?\d{1,15})\.(\d{1,15})$/.exec(text) ?? [];
  if (value === undefined || series === undefined)
    throw new BadRequest('after: take it from the link to the next page');
  return { value: Number(value), series: Number(series) };
}
