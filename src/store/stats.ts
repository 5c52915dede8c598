import { sql } from 'kysely';
import type { Store } from './open.ts';
import type { Db } from './schema.ts';

/** One table with its indexes. */
export interface TableSize {
  readonly table: string;
  readonly rows: number;
  readonly bytes: number;
}

/** How large a store is and what makes it so. Sizes are bytes on disk. */
export interface StoreStats {
  readonly engine: Store['engine'];
  readonly place: string;
  /** Copies of mails, and their bytes before compression. */
  readonly mails: number;
  readonly mailBytes: number;
  /** The whole database. */
  readonly bytes: number;
  /** Room in it that rows have left and new ones will take; null where the engine does not tell. */
  readonly free: number | null;
  /** Largest first. */
  readonly tables: readonly TableSize[];
}

/** Counts and measures; reads every page of SQLite's file, so it takes a while where that is large. */
export async function storeStats({ db, engine, place }: Store): Promise<StoreStats> {
  const measured = engine === 'sqlite' ? await sqliteSizes(db) : await postgresSizes(db);
  const mails = await db
    .selectFrom('message')
    .select(({ fn }) => [fn.countAll<number>().as('mails'), fn.sum<number | null>('size').as('bytes')])
    .executeTakeFirst();
  const tables: TableSize[] = [];
  for (const { table, bytes } of measured.tables) tables.push({ table, bytes, rows: await countRows(db, table) });
  return {
    engine,
    place,
    mails: mails?.mails ?? 0,
    mailBytes: mails?.bytes ?? 0,
    ...measured,
    tables: tables.toSorted((a, b) => b.bytes - a.bytes || a.table.localeCompare(b.table)),
  };
}

interface Sizes {
  readonly bytes: number;
  readonly free: number | null;
  readonly tables: readonly { readonly table: string; readonly bytes: number }[];
}

async function sqliteSizes(db: Db): Promise<Sizes> {
  const one = async (name: string): Promise<number> => {
    const { rows } = await sql<Record<string, number>>`pragma ${sql.raw(name)}`.execute(db);
    return Object.values(rows[0] ?? {})[0] ?? 0;
  };
  const page = await one('page_size');
  const { rows } = await sql<{ table: string; bytes: number }>`
    select tbl_name as "table", sum(pgsize) as bytes from dbstat
    join sqlite_schema on sqlite_schema.name = dbstat.name
    where dbstat.aggregate = 1 and tbl_name not like 'sqlite_%' group by tbl_name`.execute(db);
  return { bytes: page * (await one('page_count')), free: page * (await one('freelist_count')), tables: rows };
}

async function postgresSizes(db: Db): Promise<Sizes> {
  const { rows } = await sql<{ table: string; bytes: number }>`
    select relname as "table", pg_total_relation_size(oid) as bytes from pg_class
    where relkind = 'r' and relnamespace = current_schema()::regnamespace`.execute(db);
  const whole = await sql<{ bytes: number }>`select pg_database_size(current_database()) as bytes`.execute(db);
  return { bytes: whole.rows[0]?.bytes ?? 0, free: null, tables: rows };
}

async function countRows(db: Db, table: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(db);
  return rows[0]?.n ?? 0;
}
