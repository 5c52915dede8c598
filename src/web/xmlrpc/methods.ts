import { checkById, type KeptCheck, newestChecks } from '../../store/checks.ts';
import { pageOfPeople, peopleOf, type StoredPerson } from '../../store/people.ts';
import { pageOfPostings } from '../../store/posting-lists.ts';
import { type Posting, postingsById, postingsOf } from '../../store/postings.ts';
import { PATCH_STATES } from '../../store/schema-listed.ts';
import { type Asked, type NumberedProject, naive, writerOf } from '../patchwork/asked.ts';
import { combined, slug } from '../patchwork/check-view.ts';
import { checksOf, readCheck } from '../patchwork/checks.ts';
import { patchChange } from '../patchwork/patch-change.ts';
import { type NumberedUser, usersOf } from '../patchwork/people-view.ts';
import type { Value } from './codec.ts';
import { filterQuery } from './filter-query.ts';
import { patchStructs } from './patch-struct.ts';

/** One method: its parameters to its value. A method with more or fewer parameters than it wants takes what is there. */
export type Method = (asked: Asked, ...params: readonly (Value | undefined)[]) => Promise<Value>;

/** Rows of one answer where the caller does not say how many. */
const USUAL = 1000;

/** A call that cannot be answered; the client shows the words. */
export class Fault extends Error {}

const numberIn = (value: Value | undefined): number =>
  typeof value === 'number' && Number.isInteger(value) ? value : -1;
const textIn = (value: Value | undefined): string => (typeof value === 'string' ? value.slice(0, 1000) : '');

/** The first rows, or with a negative number the last; 0: all. */
function cut<T>(rows: readonly T[], count: Value | undefined): readonly T[] {
  const number = typeof count === 'number' && Number.isInteger(count) ? count : 0;
  if (number === 0) return rows;
  return number > 0 ? rows.slice(0, number) : rows.slice(number);
}

const project = ({ id, name }: NumberedProject): Value => ({ id, linkname: name, name });
const state = ([, { id, name }]: readonly [string, { readonly id: number; readonly name: string }]): Value => ({
  id,
  name,
});
const STATES = Object.entries(PATCH_STATES);

function person({ id, email, name }: StoredPerson, users: readonly NumberedUser[]): Value {
  return { id, email, name: name === '' ? email : name, user: users.find((user) => user.id === id)?.name ?? '' };
}

async function patchOf(asked: Asked, id: Value | undefined): Promise<Posting | null> {
  const [posting] = await postingsById(asked.db, [numberIn(id)]);
  return posting?.kind === 'patch' && asked.projects.some(({ name }) => name === posting.project) ? posting : null;
}

/** @throws Fault */
async function onePatch(asked: Asked, id: Value | undefined): Promise<Posting> {
  const patch = await patchOf(asked, id);
  if (patch === null) throw new Fault('There is no such patch.');
  return patch;
}

async function check(asked: Asked, patch: Posting, { id, at, check: one }: KeptCheck): Promise<Value> {
  const users = await usersOf(asked);
  const user = users.find(({ name }) => name === one.by) ?? users[0];
  return {
    id,
    date: naive(at).replace('T', ' '),
    patch: patch.name,
    patch_id: patch.id,
    user: user?.name ?? '',
    user_id: user?.id ?? 0,
    state: one.state,
    target_url: one.url ?? '',
    description: one.summary,
    context: slug(one.context),
  };
}

async function byHash(asked: Asked, hash: Value | undefined, of?: Value): Promise<Value> {
  if (textIn(hash) === '') return {};
  const order = { by: 'id', newestFirst: true } as const;
  const projects = of === undefined ? {} : { projects: [textIn(of)] };
  const found = await pageOfPostings(asked.db, {
    kind: 'patch',
    hash: textIn(hash),
    ...projects,
    order,
    offset: 0,
    limit: 1,
  });
  return (await patchStructs(asked, found.rows))[0] ?? {};
}

/** The methods that pwclient and Patchwork's commit hooks call; names, parameters and structs are Patchwork's. */
export const METHODS: Readonly<Record<string, Method>> = {
  pw_rpc_version: async () => [1, 3, 0],
  project_list: async ({ projects }, search, count) =>
    cut(projects.filter(({ name }) => name.toLowerCase().includes(textIn(search).toLowerCase())).map(project), count),
  project_get: async ({ projects }, id) => projects.filter((one) => one.id === id).map(project)[0] ?? {},
  state_list: async (_, search, count) =>
    cut(STATES.filter(([, { name }]) => name.toLowerCase().includes(textIn(search).toLowerCase())).map(state), count),
  state_get: async (_, id) => STATES.filter(([, one]) => one.id === id).map(state)[0] ?? {},
  person_list: async (asked, search, count) => {
    const users = await usersOf(asked);
    const { rows } = await pageOfPeople(asked.db, textIn(search), 0, USUAL);
    return cut(
      rows.map((one) => person(one, users)),
      count,
    );
  },
  person_get: async (asked, id) => {
    const found = (await peopleOf(asked.db, [numberIn(id)])).get(numberIn(id));
    return found === undefined ? {} : person(found, await usersOf(asked));
  },
  patch_list: async (asked, filter) => {
    const { rows } = await pageOfPostings(asked.db, filterQuery(asked, filter, USUAL));
    // A negative count asks for the last ones, which come in their own order.
    return patchStructs(
      asked,
      rows.toSorted((one, other) => one.id - other.id),
    );
  },
  patch_get: async (asked, id) => {
    const patch = await patchOf(asked, id);
    return patch === null ? {} : ((await patchStructs(asked, [patch]))[0] ?? {});
  },
  patch_get_by_hash: (asked, hash) => byHash(asked, hash),
  patch_get_by_project_hash: (asked, name, hash) => byHash(asked, hash, name ?? ''),
  patch_get_mbox: async (asked, id) => {
    const { project: name, msgid } = await onePatch(asked, id);
    return Buffer.concat(await Array.fromAsync((await asked.apis.patchMbox(name, msgid, false)) ?? [])).toString(
      'utf8',
    );
  },
  patch_get_diff: async (asked, id) => {
    const parts = await asked.apis.mailParts((await onePatch(asked, id)).msgid);
    return Buffer.from(parts?.diff ?? []).toString('utf8');
  },
  patch_set: async (asked, id, params) => {
    const patch = await onePatch(asked, id);
    const given = typeof params === 'object' && params !== null ? Object.entries(params) : [];
    const text = (value: Value): string =>
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
    const fields = Object.fromEntries(given.map(([name, value]) => [name, [text(value)]]));
    const { change, rights } = patchChange(fields, await usersOf(asked));
    const [token] = rights.map((right) => writerOf(asked, right, patch.project));
    if (token !== undefined) await asked.apis.setPatch(patch, change, token);
    return true;
  },
  check_list: async (asked, filter) => {
    const { patch_id: id, user } = (typeof filter === 'object' && filter !== null ? filter : {}) as Record<
      string,
      Value
    >;
    const patch = await patchOf(asked, id);
    const kept =
      id === undefined ? await newestChecks(asked.db, USUAL) : patch === null ? [] : await checksOf(asked, patch);
    const all: Value[] = [];
    for (const one of kept) {
      const of = patch ?? (await postingsOf(asked.db, one.project, [one.check.patch ?? ''])).get(one.check.patch ?? '');
      if (of !== undefined) all.push(await check(asked, of, one));
    }
    return all.filter((one) => user === undefined || (one as Record<string, Value>)['user'] === user);
  },
  check_get: async (asked, id) => {
    const kept = await checkById(asked.db, numberIn(id));
    const msgid = kept?.check.patch ?? '';
    const patch = kept === null ? undefined : (await postingsOf(asked.db, kept.project, [msgid])).get(msgid);
    return kept === null || patch === undefined ? {} : check(asked, patch, kept);
  },
  patch_check_get: async (asked, id) => {
    const patch = await onePatch(asked, id);
    const kept = await checksOf(asked, patch);
    const checks = await Promise.all(kept.map((one) => check(asked, patch, one)));
    return { state: combined(kept), total: checks.length, checks };
  },
  check_create: async (asked, id, context, given, url, description) => {
    const patch = await onePatch(asked, id);
    const token = writerOf(asked, 'checks', patch.project);
    const posted = readCheck({
      context: [textIn(context)],
      state: [textIn(given)],
      target_url: [textIn(url)],
      description: [textIn(description)],
    });
    const why = await asked.apis.keepCheck({ ...posted, project: patch.project, msgid: patch.msgid, token });
    if (why !== null) throw new Fault(why);
    return true;
  },
};
