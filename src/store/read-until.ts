import type { Db, Tx } from './schema.ts';

/** Keeps until when a source is known to have been read, epoch ms: what is not stored by then had not come by then. */
export async function keepReadUntil(tx: Tx, source: string, until: number): Promise<void> {
  const insert = tx.insertInto('read_until').values({ source, until });
  await insert.onConflict((on) => on.column('source').doUpdateSet({ until })).execute();
}

/** Until when all of these sources have been read, epoch ms; 0 where one of them never was, and for none: nothing is known to have been read then. */
export async function readUntil(db: Db, sources: readonly string[]): Promise<number> {
  if (sources.length === 0) return 0;
  const rows = await db.selectFrom('read_until').select(['source', 'until']).where('source', 'in', sources).execute();
  const until = new Map(rows.map((row) => [row.source, row.until]));
  return Math.min(...sources.map((source) => until.get(source) ?? 0));
}
