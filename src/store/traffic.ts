import type { Db, Tx } from './schema.ts';

const DAY = 86_400_000;

/** What a source has brought since a time. */
export interface Traffic {
  readonly mails: number;
  /** Epoch ms of its newest mail ever, or null. */
  readonly last: number | null;
}

/** Counts mails that were new: call it in the transaction that keeps them. */
export async function countTraffic(tx: Tx, source: string, mails: number, now: number): Promise<void> {
  if (mails === 0) return;
  const insert = tx.insertInto('traffic').values({ source, day: Math.floor(now / DAY), mails, last: now });
  await insert
    .onConflict((on) =>
      on.columns(['source', 'day']).doUpdateSet((eb) => ({ mails: eb('traffic.mails', '+', mails), last: now })),
    )
    .execute();
}

/** How much a source has brought since the day of `since` (epoch ms). */
export async function trafficOf(db: Db, source: string, since: number): Promise<Traffic> {
  const days = db.selectFrom('traffic').where('source', '=', source);
  const sum = await days
    .where('day', '>=', Math.floor(since / DAY))
    .select(({ fn }) => fn.sum<number | string | null>('mails').as('mails'))
    .executeTakeFirst();
  const last = await days.select(({ fn }) => fn.max('last').as('last')).executeTakeFirst();
  return { mails: Number(sum?.mails ?? 0), last: last?.last ?? null };
}

/** When each source last brought a new mail, epoch ms. */
export async function lastMails(db: Db): Promise<readonly { readonly source: string; readonly last: number }[]> {
  const days = db.selectFrom('traffic').select(['source', ({ fn }) => fn.max('last').as('last')]);
  return days.groupBy('source').orderBy('source').execute();
}
