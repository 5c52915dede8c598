import { sql } from 'kysely';
import type { Db } from './schema.ts';

/** A table as it is copied. */
export interface CopyTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** Columns of its primary key, in their order; all where it has none. */
  readonly key: readonly string[];
  /** Tables that its rows point to. */
  readonly parents: readonly string[];
}

/** The tables of a PostgreSQL store that an SQLite store has as well, parents before children; without the record of migrations. */
export async function tablesToCopy(from: Db, to: Db): Promise<readonly CopyTable[]> {
  const { rows: sources } = await sql<{ name: string }>`select name from sqlite_schema where type = 'table'`.execute(
    from,
  );
  const known = new Set(sources.map(({ name }) => name));
  const { rows: columns } = await sql<{ table: string; name: string }>`
    select table_name as "table", column_name as name from information_schema.columns
    where table_schema = current_schema() and is_generated = 'NEVER' order by table_name, ordinal_position`.execute(to);
  const { rows: keys } = await sql<{ table: string; name: string }>`
    select relname as "table", attname as name from pg_constraint
    join pg_class on pg_class.oid = conrelid join pg_attribute on attrelid = conrelid and attnum = any (conkey)
    where contype = 'p' and connamespace = current_schema()::regnamespace
    order by relname, array_position(conkey, attnum)`.execute(to);
  const { rows: references } = await sql<{ table: string; name: string }>`
    select child.relname as "table", parent.relname as name from pg_constraint
    join pg_class child on child.oid = conrelid join pg_class parent on parent.oid = confrelid
    where contype = 'f' and connamespace = current_schema()::regnamespace`.execute(to);
  const of = (rows: readonly { table: string; name: string }[], table: string): string[] =>
    rows.filter((row) => row.table === table).map(({ name }) => name);
  const names = [...new Set(columns.map(({ table }) => table))].filter(
    (name) => known.has(name) && name !== 'migration',
  );
  const tables = names.map((name) => ({
    name,
    columns: of(columns, name),
    key: of(keys, name).length === 0 ? of(columns, name) : of(keys, name),
    parents: of(references, name),
  }));
  return parentsFirst(tables);
}

function parentsFirst(tables: readonly CopyTable[]): readonly CopyTable[] {
  const sorted = new Map<string, CopyTable>();
  const put = (table: CopyTable): void => {
    if (sorted.has(table.name)) return;
    for (const parent of tables.filter(({ name }) => name !== table.name && table.parents.includes(name))) put(parent);
    sorted.set(table.name, table);
  };
  for (const table of tables) put(table);
  return [...sorted.values()];
}
