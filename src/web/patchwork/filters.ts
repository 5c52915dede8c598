import type { Context } from 'hono';
import { PATCH_STATES, type PatchState } from '../../store/schema-listed.ts';
import type { ListedSeriesQuery, ListQuery, PostingQuery } from '../../store/posting-lists.ts';
import { pageOfPeople } from '../../store/people.ts';
import type { Asked } from './asked.ts';
import type { Paging } from './paging.ts';
import { usersOf } from './people-view.ts';

/** Longest value and most values of one filter. */
const LONGEST = 1000;
const MOST = 100;

/**
 * The values of a filter: repeated, or between commas. Undefined where it is not asked for; an empty value is none, as in Patchwork.
 */
export function valuesOf(c: Context, name: string): readonly string[] | undefined {
  const given = (c.req.queries(name) ?? []).flatMap((value) => value.slice(0, LONGEST).split(',')).slice(0, MOST);
  const values = given.map((value) => value.trim()).filter((value) => value !== '');
  return values.length === 0 ? undefined : values;
}

/** Numbers of a filter that takes only numbers; what is none is left out. */
export function numbersOf(c: Context, name: string): readonly number[] | undefined {
  return valuesOf(c, name)?.flatMap((value) => (/^\d{1,9}$/.test(value) ? [Number(value)] : []));
}

/** The text of a filter, whole. */
export function textOf(c: Context, name: string): string | undefined {
  const value = c.req.query(name)?.slice(0, LONGEST) ?? '';
  return value === '' || value.includes('\0') ? undefined : value;
}

/** Names of the projects of a `project` filter: numbers, link names or names. What is none of ours matches nothing. */
export function projectsOf(c: Context, { projects }: Asked): readonly string[] | undefined {
  return valuesOf(c, 'project')?.flatMap((value) => {
    const project = projects.find(({ id, name }) => name === value || String(id) === value);
    return project === undefined ? [] : [project.name];
  });
}

/** A moment: ISO 8601 with `T` or a blank, UTC where it has no zone. Null where it cannot be read: then nothing is found, as in Patchwork. */
export function timeOf(c: Context, name: string): number | null | undefined {
  const text = textOf(c, name);
  if (text === undefined) return undefined;
  const [, day = '', time = '00:00', zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?))?(Z|[ +-]\d\d:?\d\d)?$/.exec(text) ?? [];
  const at = Date.parse(`${day}T${time}${zone.replace(' ', '+')}`);
  return Number.isNaN(at) ? null : at;
}

const ORDERS: Readonly<Record<string, ListQuery['order']['by']>> = {
  id: 'id',
  date: 'posted',
  name: 'name',
  submitter: 'person',
};

async function common(c: Context, asked: Asked, paging: Paging): Promise<ListQuery> {
  const order = textOf(c, 'order') ?? 'id';
  const [since, before] = [timeOf(c, 'since'), timeOf(c, 'before')];
  const projects = since === null || before === null ? [] : projectsOf(c, asked);
  const people = await submitters(c, asked);
  const name = textOf(c, 'q');
  return {
    order: { by: ORDERS[order.replace(/^-/, '')] ?? 'id', newestFirst: order.startsWith('-') },
    offset: paging.offset,
    limit: paging.size,
    ...(projects === undefined ? {} : { projects }),
    ...(people === undefined ? {} : { people }),
    ...(name === undefined ? {} : { name }),
    ...(typeof since === 'number' ? { since } : {}),
    ...(typeof before === 'number' ? { before } : {}),
  };
}

/** Numbers of people, by number, address, or part of a name: pwclient asks for what its user typed. */
async function submitters(c: Context, { db }: Asked): Promise<readonly number[] | undefined> {
  const values = valuesOf(c, 'submitter');
  if (values === undefined) return undefined;
  const numbers: number[] = [];
  for (const value of values) {
    const byName = /^\d{1,9}$/.test(value) ? null : await pageOfPeople(db, value, 0, MOST);
    numbers.push(...(byName === null ? [Number(value)] : byName.rows.map(({ id }) => id)));
  }
  return numbers;
}

/** Numbers of users, by number, user name or address, of which what is before the `@` will do. */
async function delegates(c: Context, asked: Asked): Promise<readonly number[] | undefined> {
  const values = valuesOf(c, 'delegate');
  if (values === undefined) return undefined;
  const users = await usersOf(asked);
  return values.flatMap((value) =>
    users
      .filter(({ id, name, email }) => [name, email, email.replace(/@.*/, ''), String(id)].includes(value))
      .map(({ id }) => id),
  );
}

/** Slugs of a `state` filter. States that nobody has heard of are passed over: KPD asks for those of another server among its own. */
export function statesOf(values: readonly string[] | undefined): readonly PatchState[] | undefined {
  const states = values?.flatMap((value) => stateOf(value) ?? []);
  return states === undefined || states.length === 0 ? undefined : states;
}

/** A state by slug, name or number; null for none. */
export function stateOf(value: string): PatchState | null {
  const word = value.toLowerCase().replaceAll(/[ _]/g, '-');
  const found = Object.entries(PATCH_STATES).find(([slug, { id }]) => slug === word || String(id) === word);
  return found === undefined ? null : (found[0] as PatchState);
}

/** What a list of patches or covers is asked for. `hash` and `msgid` are of 1.2; older versions pass over them. */
export async function postingQuery(
  c: Context,
  asked: Asked,
  kind: 'patch' | 'cover',
  paging: Paging,
): Promise<PostingQuery> {
  const late = asked.minor >= 2;
  const states = statesOf(valuesOf(c, 'state'));
  const assigned = await delegates(c, asked);
  const series = numbersOf(c, 'series');
  const hash = late ? textOf(c, 'hash') : undefined;
  const msgid = late ? textOf(c, 'msgid') : undefined;
  const archived = booleanOf(textOf(c, 'archived'));
  const both = { ...(await common(c, asked, paging)), kind, ...(series === undefined ? {} : { series }) };
  const named = { ...both, ...(msgid === undefined ? {} : { msgid: `<${msgid.replace(/^<|>$/g, '')}>` }) };
  if (kind === 'cover') return named;
  return {
    ...named,
    ...(states === undefined ? {} : { states }),
    ...(assigned === undefined ? {} : { delegates: assigned }),
    ...(hash === undefined ? {} : { hash }),
    ...(archived === null ? {} : { archived: archived ? 1 : 0 }),
  };
}

/** What a list of series is asked for. */
export async function seriesQuery(c: Context, asked: Asked, paging: Paging): Promise<ListedSeriesQuery> {
  const versions = numbersOf(c, 'version');
  return { ...(await common(c, asked, paging)), ...(versions === undefined ? {} : { versions }) };
}

/** `True`, `false`, `1`, as clients write it; null for anything else. */
export function booleanOf(text: string | undefined): boolean | null {
  if (/^(?:true|1|yes|on)$/i.test(text ?? '')) return true;
  return /^(?:false|0|no|off)$/i.test(text ?? '') ? false : null;
}
