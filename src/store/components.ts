import { sql } from 'kysely';
import { CHUNK, chunks } from './chunks.ts';
import { Groups } from './groups.ts';
import type { Db, Tx } from './schema.ts';

/** A mail and the keys that it shares with others of the same component. */
export interface Link {
  readonly msgid: string;
  /** `linkKeys` of the series stage; each string is compared whole. */
  readonly keys: readonly string[];
}

/** Mails that are connected, all with the components that are already stored; target is null for a new component. */
interface Joined {
  readonly msgids: readonly string[];
  readonly keys: readonly string[];
  readonly newKeys: readonly string[];
  readonly components: readonly number[];
}

/** The component that mails have come to be in, and its new size. */
interface Grown extends Joined {
  readonly target: number;
  readonly size: number;
}

/**
 * Puts mails into components: two mails are in the same one where a chain of shared keys connects them. A component that meets a
 * larger one becomes part of it, with its series and dispositions, until `replaceSeries` derives them again.
 * The partition depends only on the set of links ever given, not on their order; ids do not carry meaning.
 * Give every copy of a mail: copies may have different keys.
 * @returns components that have to be derived again, with the number of their keys
 */
export async function linkMessages(tx: Tx, links: readonly Link[]): Promise<Map<number, number>> {
  const known = await componentsOfKeys(
    tx,
    links.flatMap((link) => link.keys),
  );
  const groups = joinInMemory(links, known);
  const sizes = await sizesOf(
    tx,
    groups.flatMap((group) => group.components),
  );
  const ids = await newComponents(tx, groups.filter((group) => group.components.length === 0).length);
  const grown = groups.map((group): Grown => {
    const target = largest(group.components, sizes) ?? ids.pop();
    if (target === undefined) throw new Error('a component was not made');
    const size = group.newKeys.length + group.components.reduce((sum, id) => sum + (sizes.get(id) ?? 0), 0);
    return { ...group, target, size };
  });
  for (const { target, components } of grown) {
    for (const part of chunks(components.filter((id) => id !== target))) await absorb(tx, target, part);
  }
  await keepKeys(tx, grown);
  await keepSizes(
    tx,
    grown.filter(({ target, size }) => size !== sizes.get(target)),
  );
  await keepMembers(tx, grown);
  return new Map(grown.map(({ target, size }) => [target, size]));
}

/** Component of a mail, null where it is not known or not linked. */
export async function componentOf(db: Db, msgid: string): Promise<number | null> {
  const found = db.selectFrom('message').select('component').where('msgid', '=', msgid).orderBy('chosen', 'desc');
  return (await found.executeTakeFirst())?.component ?? null;
}

async function componentsOfKeys(tx: Tx, keys: Iterable<string>): Promise<Map<string, number>> {
  const known = new Map<string, number>();
  for (const part of chunks(keys)) {
    const rows = await tx.selectFrom('component_key').select(['key', 'component']).where('key', 'in', part).execute();
    for (const { key, component } of rows) known.set(key, component);
  }
  return known;
}

/** Unites what the batch itself connects, so that the tables are touched once for each result. */
function joinInMemory(links: readonly Link[], known: ReadonlyMap<string, number>): Joined[] {
  const groups = new Groups();
  // A mail, a key and a component may be spelled alike, hence the letters.
  for (const { msgid, keys } of links) {
    groups.add(`m${msgid}`);
    for (const key of keys) {
      groups.unite(`m${msgid}`, `k${key}`);
      const component = known.get(key);
      if (component !== undefined) groups.unite(`k${key}`, `c${component}`);
    }
  }
  return groups.all().map((names) => {
    const of = (letter: string): string[] =>
      names.filter((name) => name.startsWith(letter)).map((name) => name.slice(1));
    const keys = of('k');
    return { msgids: of('m'), keys, newKeys: keys.filter((key) => !known.has(key)), components: of('c').map(Number) };
  });
}

async function sizesOf(tx: Tx, components: Iterable<number>): Promise<Map<number, number>> {
  const sizes = new Map<number, number>();
  for (const part of chunks(components)) {
    const rows = await tx.selectFrom('component').select(['id', 'size']).where('id', 'in', part).execute();
    for (const { id, size } of rows) sizes.set(id, size);
  }
  return sizes;
}

async function newComponents(tx: Tx, count: number): Promise<number[]> {
  const ids: number[] = [];
  while (ids.length < count) {
    const values = Array.from({ length: Math.min(CHUNK, count - ids.length) }, () => ({ size: 0 }));
    const rows = await tx.insertInto('component').values(values).returning('id').execute();
    ids.push(...rows.map((row) => row.id));
  }
  return ids;
}

/** The largest, among equals the oldest; undefined for none. */
function largest(components: readonly number[], sizes: ReadonlyMap<number, number>): number | undefined {
  const size = (id: number): number => sizes.get(id) ?? 0;
  return components.toSorted((a, b) => size(b) - size(a) || a - b)[0];
}

/** Keys, sizes and members of all components of a batch go in few statements, whatever the number of components. */
async function keepKeys(tx: Tx, grown: readonly Grown[]): Promise<void> {
  const rows = grown.flatMap(({ target, newKeys }) => newKeys.map((key) => ({ key, component: target })));
  for (const part of chunks(rows)) await tx.insertInto('component_key').values(part).execute();
}

async function keepSizes(tx: Tx, grown: readonly Grown[]): Promise<void> {
  for (const part of chunks(grown)) {
    const known = sql.join(part.map(({ target, size }) => sql`(cast(${target} as bigint), cast(${size} as bigint))`));
    await sql`update component set size = known.column2 from (values ${known}) as known where id = known.column1`.execute(
      tx,
    );
  }
}

async function keepMembers(tx: Tx, grown: readonly Grown[]): Promise<void> {
  const members = grown.flatMap(({ target, msgids }) => msgids.map((msgid) => ({ msgid, target })));
  for (const part of chunks(members)) {
    const known = sql.join(part.map(({ msgid, target }) => sql`(${msgid}, cast(${target} as bigint))`));
    await sql`update message set component = known.column2 from (values ${known}) as known where msgid = known.column1`.execute(
      tx,
    );
  }
}

async function absorb(tx: Tx, component: number, absorbed: readonly number[]): Promise<void> {
  await tx.updateTable('component_key').set({ component }).where('component', 'in', absorbed).execute();
  await tx.updateTable('message').set({ component }).where('component', 'in', absorbed).execute();
  await tx.updateTable('series').set({ component }).where('component', 'in', absorbed).execute();
  await tx.updateTable('disposition').set({ component }).where('component', 'in', absorbed).execute();
  await tx.deleteFrom('component').where('id', 'in', absorbed).execute();
}
