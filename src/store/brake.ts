import type { Db, Tx } from './schema.ts';

/** Stops all sending of the installation, on whatever machine. `now` is epoch ms. */
export async function pullBrake(tx: Tx, now: number): Promise<void> {
  if ((await brakeSince(tx)) === null) await tx.insertInto('brake').values({ at: now }).execute();
}

/** Lets mail leave again. */
export async function freeBrake(tx: Tx): Promise<void> {
  await tx.deleteFrom('brake').execute();
}

/** Since when nothing may be sent, epoch ms, or null. */
export async function brakeSince(db: Db): Promise<number | null> {
  return (await db.selectFrom('brake').select('at').executeTakeFirst())?.at ?? null;
}
