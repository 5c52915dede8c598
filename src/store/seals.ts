import { PatchloomError } from '../util/errors.ts';
import type { Db, Tx } from './schema.ts';

/** Seals a store: from now on nothing writes to it but who has sealed it. @param reason what people are told, with what to do */
export async function seal(tx: Tx, reason: string): Promise<void> {
  await unseal(tx);
  await tx.insertInto('seal').values({ reason }).execute();
}

/** Opens a sealed store again. */
export async function unseal(tx: Tx): Promise<void> {
  await tx.deleteFrom('seal').execute();
}

/** Why nothing may be written, or null. */
export async function sealOf(db: Db): Promise<string | null> {
  return (await db.selectFrom('seal').select('reason').executeTakeFirst())?.reason ?? null;
}

/** For who is about to write, and now and then for who goes on doing so. @throws PatchloomError STORE_SEALED */
export async function checkSeal({ db, place }: { readonly db: Db; readonly place: string }): Promise<void> {
  const reason = await sealOf(db);
  if (reason !== null) throw new PatchloomError('STORE_SEALED', `${place}: ${reason}`);
}
