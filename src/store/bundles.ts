import type { Selectable } from 'kysely';
import { among } from './among.ts';
import { chunks } from './chunks.ts';
import type { Page } from './posting-lists.ts';
import type { Db, Flag, Tx } from './schema.ts';
import type { BundleTable } from './schema-listed.ts';

/** Patches that somebody has put together, in their order, as numbers of postings. */
export interface Bundle extends Selectable<BundleTable> {
  readonly patches: readonly number[];
}

/** Which bundles are asked for: those of `reader` (a person) and the public ones. */
export interface BundleQuery {
  readonly reader: number | null;
  readonly projects?: readonly string[];
  readonly owners?: readonly number[];
  /** Whole name. */
  readonly name?: string;
  readonly offset: number;
  readonly limit: number;
}

/** A page of bundles, by number. */
export async function pageOfBundles(db: Db, query: BundleQuery): Promise<Page<Bundle>> {
  const { reader, projects, owners, name } = query;
  let found = db.selectFrom('bundle').where((eb) => eb.or([eb('public', '=', 1), eb('owner', '=', reader ?? -1)]));
  if (projects !== undefined) found = found.where((eb) => among(eb, 'project', projects));
  if (owners !== undefined) found = found.where((eb) => among(eb, 'owner', owners));
  if (name !== undefined) found = found.where('name', '=', name);
  const total = await found.select(({ fn }) => fn.countAll<number>().as('n')).executeTakeFirst();
  const rows = await found.selectAll().orderBy('id').offset(query.offset).limit(query.limit).execute();
  return { rows: await withPatches(db, rows), total: total?.n ?? 0 };
}

/** The bundle of that number, where `reader` may see it; else null. */
export async function bundleOf(db: Db, id: number, reader: number | null): Promise<Bundle | null> {
  const found = await db.selectFrom('bundle').selectAll().where('id', '=', id).executeTakeFirst();
  if (found === undefined || (found.public !== 1 && found.owner !== reader)) return null;
  return (await withPatches(db, [found]))[0] ?? null;
}

async function withPatches(db: Db, rows: readonly Selectable<BundleTable>[]): Promise<readonly Bundle[]> {
  const patches = new Map<number, number[]>();
  for (const part of chunks(rows.map(({ id }) => id))) {
    const found = db.selectFrom('bundle_patch').select(['bundle', 'posting']).where('bundle', 'in', part);
    for (const { bundle, posting } of await found.orderBy('bundle').orderBy('position').execute())
      patches.set(bundle, [...(patches.get(bundle) ?? []), posting]);
  }
  return rows.map((row) => ({ ...row, patches: patches.get(row.id) ?? [] }));
}

/** A bundle as somebody wants it. */
export interface BundleWish {
  readonly project: string;
  readonly name: string;
  readonly owner: number;
  readonly public: boolean;
  readonly patches: readonly number[];
}

/** Keeps a bundle, a new one where `id` is null. @returns its number, or null where its owner has another of that name */
export async function saveBundle(tx: Tx, id: number | null, wish: BundleWish): Promise<number | null> {
  const { project, name, owner, patches } = wish;
  const flag: Flag = wish.public ? 1 : 0;
  const same = tx.selectFrom('bundle').select('id').where('owner', '=', owner).where('name', '=', name);
  const other = await same.executeTakeFirst();
  if (other !== undefined && other.id !== id) return null;
  const values = { project, name, owner, public: flag };
  if (id !== null) await tx.updateTable('bundle').set(values).where('id', '=', id).execute();
  const kept = id ?? (await tx.insertInto('bundle').values(values).returning('id').executeTakeFirstOrThrow()).id;
  await tx.deleteFrom('bundle_patch').where('bundle', '=', kept).execute();
  const rows = patches.map((posting, position) => ({ bundle: kept, position, posting }));
  for (const part of chunks(rows)) await tx.insertInto('bundle_patch').values(part).execute();
  return kept;
}

/** Forgets a bundle. */
export async function dropBundle(tx: Tx, id: number): Promise<void> {
  await tx.deleteFrom('bundle').where('id', '=', id).execute();
}

/** How many bundles somebody has. */
export async function countBundles(db: Db, owner: number): Promise<number> {
  const counted = db.selectFrom('bundle').where('owner', '=', owner);
  const row = await counted.select(({ fn }) => fn.countAll<number>().as('n')).executeTakeFirst();
  return row?.n ?? 0;
}
