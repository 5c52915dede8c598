import { sql } from 'kysely';
import { PatchloomError } from '../util/errors.ts';
import { type CopyTable, tablesToCopy } from './copy-tables.ts';
import { setMailWordsDue } from './mail-words.ts';
import type { Store } from './open.ts';
import type { Db, Tx } from './schema.ts';

/** Values in one insert: the server takes 65,535. */
const VALUES = 16_000;
/** Rows read at once, of mails fewer: their bytes are in memory twice. */
const ROWS = 1_000;
const MAILS = 200;

/** What was copied of one table. */
export interface CopiedTable {
  readonly table: string;
  /** Rows there are now, the same number on both sides. */
  readonly rows: number;
  /** Rows that had to be brought: fewer where an earlier copy has brought mails already. */
  readonly brought: number;
}

/**
 * Copies all that an SQLite store holds into a PostgreSQL store, as it stands at one moment, also while others write to it. Bytes of
 * mail that an earlier copy has brought are not brought again; all else is replaced. Counts are compared on both sides.
 * @throws PatchloomError INTERNAL where a count differs: nothing was kept of the table then
 */
export async function copyStore(
  from: Store,
  to: Store,
  onProgress: (table: string, done: number, total: number) => void,
): Promise<readonly CopiedTable[]> {
  const tables = await tablesToCopy(from.db, to.db);
  return from.db.connection().execute(async (source) => {
    // One moment of the file for all reads, whoever writes meanwhile.
    await sql`begin`.execute(source);
    try {
      await to.transaction((tx) => empty(tx, tables));
      const copied: CopiedTable[] = [];
      for (const table of tables) copied.push(await copyTable(source, to, table, onProgress));
      // Each engine has an index of its own.
      await to.transaction((tx) => setMailWordsDue(tx, null));
      return copied;
    } finally {
      await sql`rollback`.execute(source);
    }
  });
}

/** Bytes never change and the rest of a mail's row may: those stay, with their mails, and these are written over. */
const KEPT: ReadonlySet<string> = new Set(['message', 'raw', 'seal']);

async function empty(tx: Tx, tables: readonly CopyTable[]): Promise<void> {
  for (const { name } of tables.filter((table) => !KEPT.has(table.name)).toReversed())
    await sql`delete from ${sql.table(name)}`.execute(tx);
  // Another copy of a mail may be the chosen one by now, and only one may be at any moment.
  await tx.updateTable('message').set({ chosen: 0 }).where('chosen', '=', 1).execute();
}

async function copyTable(
  source: Db,
  to: Store,
  table: CopyTable,
  onProgress: (table: string, done: number, total: number) => void,
): Promise<CopiedTable> {
  const { name } = table;
  if (name === 'seal') return { table: name, rows: 0, brought: 0 };
  const total = await countOf(source, name);
  const size = Math.min(name === 'raw' ? MAILS : ROWS, Math.floor(VALUES / table.columns.length));
  let brought = 0;
  let last: Row | null = name === 'raw' ? await newestRaw(to.db) : null;
  for (;;) {
    const rows = await pageOf(source, table, last, size);
    if (rows.length > 0) await to.transaction((tx) => insertRows(tx, table, rows));
    brought += rows.length;
    last = rows.at(-1) ?? last;
    onProgress(name, brought, total);
    if (rows.length < size) break;
  }
  await to.transaction((tx) => moveSequence(tx, source, table));
  const there = await countOf(to.db, name);
  if (there !== total)
    throw new PatchloomError('INTERNAL', `${name}: ${total} rows in SQLite, ${there} in PostgreSQL after the copy`);
  return { table: name, rows: total, brought };
}

type Row = Readonly<Record<string, unknown>>;

/** Rows in the order of their key, after `last`. */
async function pageOf(source: Db, { name, columns, key }: CopyTable, last: Row | null, size: number): Promise<Row[]> {
  const refs = sql.join(key.map((column) => sql.ref(column)));
  const after = last === null ? sql`` : sql`where (${refs}) > (${sql.join(key.map((column) => last?.[column]))})`;
  const page = sql<Row>`select ${sql.join(columns.map((column) => sql.ref(column)))} from ${sql.table(name)}
    ${after} order by ${refs} limit ${size}`;
  return (await page.execute(source)).rows;
}

async function insertRows(tx: Tx, { name, columns, key }: CopyTable, rows: readonly Row[]): Promise<void> {
  const values = rows.map((row) => sql`(${sql.join(columns.map((column) => row[column]))})`);
  const changes = columns
    .filter((column) => !key.includes(column))
    .map((column) => sql`${sql.ref(column)} = excluded.${sql.ref(column)}`);
  const twice =
    name === 'message'
      ? sql`on conflict (${sql.join(key.map((column) => sql.ref(column)))}) do update set ${sql.join(changes)}`
      : sql``;
  await sql`insert into ${sql.table(name)} (${sql.join(columns.map((column) => sql.ref(column)))})
    values ${sql.join(values)} ${twice}`.execute(tx);
}

/** Ids are never given twice, also those of rows that are gone. */
async function moveSequence(tx: Tx, source: Db, { name, columns }: CopyTable): Promise<void> {
  if (!columns.includes('id')) return;
  const { rows } = await sql<{ last: number | null }>`select max(last) as last from (
    select max(id) as last from ${sql.table(name)} union all select seq from sqlite_sequence where name = ${name})`.execute(
    source,
  );
  const last = rows[0]?.last ?? null;
  if (last !== null) await sql`select setval(pg_get_serial_sequence(${name}, 'id'), ${last})`.execute(tx);
}

async function newestRaw(db: Db): Promise<Row | null> {
  const row = await db
    .selectFrom('raw')
    .select(({ fn }) => fn.max('message').as('message'))
    .executeTakeFirst();
  return row?.message == null ? null : row;
}

async function countOf(db: Db, table: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(db);
  return rows[0]?.n ?? 0;
}
