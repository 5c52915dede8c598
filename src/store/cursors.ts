import type { Db, Tx } from './schema.ts';

/** How far a source was read, as the source says it; null at the start. */
export async function cursorOf(db: Db, source: string): Promise<string | null> {
  const row = await db.selectFrom('cursor').select('value').where('source', '=', source).executeTakeFirst();
  return row?.value ?? null;
}

/** Save it in the transaction that keeps the mail. */
export async function saveCursor(tx: Tx, source: string, value: string): Promise<void> {
  const insert = tx.insertInto('cursor').values({ source, value });
  await insert.onConflict((on) => on.column('source').doUpdateSet({ value })).execute();
}
