import type { Condition, Having, SearchQuery, SearchSort } from '../store/search.ts';
import { PATCH_STATES, type PatchState } from '../store/schema-listed.ts';
import type { SearchField } from '../store/search-fields.ts';
import { ASIDE } from '../report/marks.ts';
import type { Readiness } from '../review/tag.ts';
import { BadRequest } from './bad-request.ts';

const DAY = 86_400_000;
const LONGEST = 300;
const TERMS = 12;

/** A term of a query: `-path:xen/arch` is negative, with key `path`. The key of plain words is empty. */
interface Term {
  readonly not: boolean;
  readonly key: string;
  readonly value: string;
}

/** What a query is read with. */
export interface Asker {
  /** Whom `me` means; empty where nobody has said. */
  readonly me: string;
  /** Epoch ms. */
  readonly now: number;
}

/** What `has:` knows, with its words for the help. */
export const HAVINGS = {
  comments: 'replies',
  tags: 'a tag of a reviewer',
  objection: 'an objection',
  cover: 'a cover letter',
  branch: 'a branch to fetch',
  conflict: 'a patch that does not apply',
  checks: 'build-tests',
  failure: 'a build-test that fails',
  landed: 'a patch that upstream has',
} as const satisfies Record<Having, string>;

const READY: Readonly<Record<string, readonly Readiness['state'][]>> = {
  yes: ['ready'],
  no: ['waiting', 'blocked', 'unknown'],
  ready: ['ready'],
  waiting: ['waiting'],
  blocked: ['blocked'],
  unknown: ['unknown'],
};

/** What `mark:` takes: a state, any, or those by which people set a series aside. */
const MARKS = [...(Object.keys(PATCH_STATES) as PatchState[]), 'any', 'aside'] as const;

const STATES = ['complete', 'held', 'superseded'] as const;
/** `active` is when the thread last had a mail. */
export const SORTS = { newest: 'posted', oldest: 'posted', active: 'active', largest: 'patches' } as const;
export type SortName = keyof typeof SORTS;

/**
 * Reads what people type into the search field: words, `"words in a row"`, `author:`, `reviewer:`, `path:`, `state:`, `ready:`, `waiting:`,
 * `target:`, `age:`, `has:`, `mark:`, each with `-` before it for the opposite. What looks like a key but is none (`x86: fix`) are words.
 * @throws BadRequest that says what the key takes
 */
export function parseSearch(text: string, asker: Asker): readonly Condition[] {
  if (text.length > LONGEST) throw new BadRequest(`q: at most ${LONGEST} characters`);
  const terms = termsOf(text);
  if (terms.length > TERMS || text.includes('\0')) throw new BadRequest(`q: at most ${TERMS} words`);
  return terms.map((term) => ({ not: term.not, ...conditionOf(term, asker) }));
}

function termsOf(text: string): Term[] {
  const found = text.matchAll(/(-?)(?:([a-z]+):)?(?:"([^"]*)"|(\S+))/gi);
  return [...found].flatMap(([, minus, key = '', quoted, plain]) => {
    const value = (quoted ?? plain ?? '').trim();
    const known = Object.hasOwn(KEYS, key.toLowerCase());
    const term = known
      ? { not: minus === '-', key: key.toLowerCase(), value }
      : { not: minus === '-', key: '', value: key === '' ? value : `${key}:${value}` };
    return term.value === '' && !known ? [] : [term];
  });
}

type Meaning = Condition extends infer C ? (C extends Condition ? Omit<C, 'not'> : never) : never;

const KEYS: Readonly<Record<string, (value: string, asker: Asker) => Meaning>> = {
  '': (text) => textIn(['words'], text),
  author: (text, asker) => textIn(['author'], person(text, asker)),
  reviewer: (text, asker) => textIn(['reviewer'], person(text, asker)),
  waiting: (text, asker) => textIn(['waiting', 'asked'], person(text, asker)),
  path: (text) => textIn(['path'], text),
  target: (target) => ({ kind: 'target', target: target === 'none' ? '' : target }),
  state: (value) => ({ kind: 'state', state: oneOf('state', value, STATES) }),
  ready: (value) => {
    const states = Object.hasOwn(READY, value) ? READY[value] : undefined;
    if (states === undefined) throw new BadRequest(`ready: one of ${Object.keys(READY).join(', ')}`);
    return { kind: 'ready', states };
  },
  age: (value, { now }) => ageOf(value, now),
  has: (value) => ({ kind: 'has', what: oneOf('has', value, Object.keys(HAVINGS) as Having[]) }),
  mark: (value) => ({ kind: 'mark', states: marksFor(oneOf('mark', value, MARKS)) }),
};

function marksFor(mark: (typeof MARKS)[number]): readonly PatchState[] {
  if (mark === 'aside') return ASIDE;
  return mark === 'any' ? (Object.keys(PATCH_STATES) as PatchState[]) : [mark];
}

function conditionOf({ key, value }: Term, asker: Asker): Meaning {
  const meaning = KEYS[key];
  if (meaning === undefined) throw new BadRequest(`q: ${key}: is not known`);
  return meaning(value, asker);
}

function textIn(fields: readonly SearchField[], text: string): Meaning {
  if (!/[\p{L}\p{N}]/u.test(text)) throw new BadRequest('q: each word needs a letter or a digit');
  return { kind: 'text', fields, text };
}

function person(value: string, { me }: Asker): string {
  if (value !== 'me') return value;
  if (me === '')
    throw new BadRequest('q: to know who "me" is, your address is needed: write it into the field "My address"');
  return me;
}

function oneOf<T extends string>(key: string, value: string, values: readonly T[]): T {
  const found = values.find((one) => one === value.toLowerCase());
  if (found === undefined) throw new BadRequest(`${key}: one of ${values.join(', ')}`);
  return found;
}

/** `age:<7d`, `age:>4w`, `age:1y`: younger where no sign says older. */
function ageOf(value: string, now: number): Meaning {
  const [, sign = '', number = '', unit = ''] = /^([<>]?)(\d{1,4})([dwmy])$/i.exec(value) ?? [];
  const days = { d: 1, w: 7, m: 30, y: 365 }[unit.toLowerCase()];
  if (days === undefined) throw new BadRequest('age: such as <7d, >4w, 6m or 1y');
  const at = now - Number(number) * days * DAY;
  const [least, most] = [-8.64e15, 8.64e15];
  return sign === '>' ? { kind: 'posted', from: least, until: at } : { kind: 'posted', from: at, until: most };
}

/** The whole query of a list. Versions that are replaced are found only where they are asked for. */
export function searchQuery(conditions: readonly Condition[], project: string | null, sort: SortName): SearchQuery {
  const old = conditions.some((one) => one.kind === 'state' && one.state === 'superseded' && !one.not);
  const by: SearchSort = SORTS[sort];
  return { project, conditions, latest: !old, sort: by, ascending: sort === 'oldest' };
}
