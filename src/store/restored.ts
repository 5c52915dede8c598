import { newestMail } from './posted.ts';
import type { Db, Tx } from './schema.ts';

/** Marks the store as a copy from now on (epoch ms): what the original has said since the backup is not known here. */
export async function markRestored(tx: Tx, now: number): Promise<void> {
  await tx.deleteFrom('restored').execute();
  await tx.insertInto('restored').values({ at: now, mail: null }).execute();
}

/** When the store became a copy, epoch ms, until the mail up to then has been read; else null. */
export async function restoredAt(db: Db): Promise<number | null> {
  const row = db.selectFrom('restored').select('at').where('mail', 'is', null);
  return (await row.executeTakeFirst())?.at ?? null;
}

/** The mail up to then has been read. Every mail that has still to leave may have left from the original: it is looked for before it goes. */
export async function settleRestored(tx: Tx, at: number): Promise<void> {
  await tx
    .updateTable('outbox')
    .set({ doubtful: 1, doubt_at: at })
    .where('state', 'in', ['waiting', 'queued', 'sending'])
    .execute();
  await tx
    .updateTable('restored')
    .set({ mail: await newestMail(tx) })
    .execute();
}
