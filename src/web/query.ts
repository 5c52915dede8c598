import { BadRequest } from './bad-request.ts';
import { READINESS_STATES, SERIES_STATES } from './words.ts';
import type { SeriesQuery } from '../store/series.ts';

export { BadRequest };

/** What the list of series was asked for. */
export interface SeriesFilter {
  readonly project: string | null;
  readonly q: string;
  readonly state: StateFilter | null;
  /** Where the page before ended. */
  readonly before: SeriesQuery['before'] | null;
}

/** Values of `state=` with their words; `ready` is: complete, and the policy is content. */
export const STATE_FILTERS = {
  complete: SERIES_STATES.complete.word,
  ready: READINESS_STATES.ready.word,
  held: SERIES_STATES.held.word,
  superseded: SERIES_STATES.superseded.word,
} as const;

export type StateFilter = keyof typeof STATE_FILTERS;

const TEXT_CAP = 200;
const WORDS_CAP = 8;
const POSITION_CAP = 4000;

/** @throws BadRequest */
export function seriesFilter(query: Readonly<Record<string, string>>, projects: readonly string[]): SeriesFilter {
  const state = query['state'] ?? '';
  if (state !== '' && !isState(state)) throw new BadRequest(`state: one of ${Object.keys(STATE_FILTERS).join(', ')}`);
  const q = (query['q'] ?? '').trim();
  if (q.length > TEXT_CAP) throw new BadRequest(`q: at most ${TEXT_CAP} characters`);
  if (q.includes('\0') || q.split(/\s+/).length > WORDS_CAP) throw new BadRequest(`q: at most ${WORDS_CAP} words`);
  const before = query['before'] ?? '';
  return {
    project: projectFilter(query, projects),
    q,
    state: state === '' ? null : state,
    before: before === '' ? null : readPosition(before),
  };
}

/** The `project` of a query, null where none is named. @throws BadRequest where it is not configured */
export function projectFilter(query: Readonly<Record<string, string>>, projects: readonly string[]): string | null {
  const project = query['project'] ?? '';
  if (project !== '' && !projects.includes(project)) throw new BadRequest('project: there is none of that name');
  return project === '' ? null : project;
}

/** A whole number from 1 to `most`. @throws BadRequest */
export function limitFilter(query: Readonly<Record<string, string>>, usual: number, most: number): number {
  const text = query['limit'] ?? '';
  if (text === '') return usual;
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > most) throw new BadRequest(`limit: a number from 1 to ${most}`);
  return limit;
}

/** The store's query for one page. */
export function storeQuery(filter: SeriesFilter, limit: number): SeriesQuery {
  return {
    ...(filter.project === null ? {} : { project: filter.project }),
    ...(filter.q === '' ? {} : { text: filter.q }),
    ...(filter.before === null || filter.before === undefined ? {} : { before: filter.before }),
    ...(filter.state === null ? {} : stateQuery(filter.state)),
    limit,
  };
}

function stateQuery(state: StateFilter): Pick<SeriesQuery, 'state' | 'readiness'> {
  return state === 'ready' ? { state: 'complete', readiness: 'ready' } : { state };
}

function isState(text: string): text is StateFilter {
  return Object.hasOwn(STATE_FILTERS, text);
}

/** A place in the list as one word for `before=`. */
export function writePosition(at: {
  readonly posted: number;
  readonly msgid: string;
  readonly project: string;
}): string {
  return Buffer.from(JSON.stringify([at.posted, at.msgid, at.project])).toString('base64url');
}

function readPosition(text: string): NonNullable<SeriesQuery['before']> {
  const parts = text.length <= POSITION_CAP ? jsonOf(Buffer.from(text, 'base64url').toString('utf8')) : null;
  if (Array.isArray(parts) && parts.length === 3) {
    const [posted, msgid, project]: unknown[] = parts;
    if (Number.isSafeInteger(posted) && typeof msgid === 'string' && typeof project === 'string')
      return { posted: Number(posted), msgid, project };
  }
  throw new BadRequest('before: take it from the link to the next page');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
