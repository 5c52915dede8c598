import type { Db, Tx } from './schema.ts';

/** The last sign of life of a part of the bot. */
export interface Pulse {
  /** `source NAME`, `upstream PROJECT`, `sender`. */
  readonly name: string;
  /** Its fault in one line, or null where it works. */
  readonly error: string | null;
  /** Milliseconds after which the next sign is due. */
  readonly every: number;
  /** Epoch ms. */
  readonly at: number;
}

/** Keeps a sign of life in place of the one before. */
export async function keepPulse(tx: Tx, pulse: Pulse): Promise<void> {
  const { error, every, at } = pulse;
  const insert = tx.insertInto('pulse').values(pulse);
  await insert.onConflict((on) => on.column('name').doUpdateSet({ error, every, at })).execute();
}

/** All signs of life, by name. */
export async function pulses(db: Db): Promise<ReadonlyMap<string, Pulse>> {
  const rows = await db.selectFrom('pulse').selectAll().execute();
  return new Map(rows.map((row) => [row.name, row]));
}
