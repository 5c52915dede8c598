import { sql } from 'kysely';
import type { Db } from './schema.ts';

/**
 * What an engine needs now and then to stay quick, in a moment without a transaction of ours: SQLite looks which of its statistics are
 * stale and brings what is in the log into the file, so that the log starts anew; PostgreSQL does both by itself, but not the
 * statistics of what was just brought in bulk. Nothing is compacted: room that rows have left is used again.
 */
export async function keepUp(writer: Db, engine: 'sqlite' | 'postgres'): Promise<void> {
  if (engine === 'postgres') {
    await sql`analyze`.execute(writer);
    return;
  }
  const before = await statisticsOf(writer);
  // 0x10000: all tables, and not only those that this connection has asked, for it is others who read.
  await sql`pragma optimize = 0x10002`.execute(writer);
  if ((await statisticsOf(writer)) !== before) await haveSchemaRead(writer);
  // Readers that are in the middle of the log are left alone: the rest is brought the next time.
  await sql`pragma wal_checkpoint(truncate)`.execute(writer);
}

/** What SQLite knows of its tables, as a text; empty where it knows nothing. */
async function statisticsOf(db: Db): Promise<string> {
  const there = await sql`select 1 from sqlite_schema where name = 'sqlite_stat1'`.execute(db);
  if (there.rows.length === 0) return '';
  return JSON.stringify((await sql`select * from sqlite_stat1 order by tbl, idx`.execute(db)).rows);
}

/** Connections read statistics with the schema alone, so that one that has been open for long would never know them: the schema changes, and is again as it was. */
async function haveSchemaRead(writer: Db): Promise<void> {
  await writer.transaction().execute(async (tx) => {
    await sql`create view upkeep_was_here as select 1`.execute(tx);
    await sql`drop view upkeep_was_here`.execute(tx);
  });
}
