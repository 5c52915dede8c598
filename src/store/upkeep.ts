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
  await sql`pragma optimize`.execute(writer);
  // Readers that are in the middle of the log are left alone: the rest is brought the next time.
  await sql`pragma wal_checkpoint(truncate)`.execute(writer);
}
