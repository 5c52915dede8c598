import type { Selectable } from 'kysely';
import { type Outgoing, outgoingFrom } from './outbox.ts';
import type { Db, OutboxTable, Tx } from './schema.ts';

/** Times are epoch ms, lengths milliseconds. */
export interface LookOptions {
  readonly now: number;
  /** How long the list gets to show a mail whose answer was lost. */
  readonly lookMs: number;
}

/**
 * Mails whose sender died in the middle of a try: they may have gone out. They wait for the list's own mail before they are sent
 * again. @returns how many there were
 */
export async function recoverLapsed(tx: Tx, { now, lookMs }: LookOptions): Promise<number> {
  const changed = { state: 'queued', doubtful: 1, doubt_at: now, run_at: now + lookMs, lease_until: null } as const;
  const lapsed = tx.updateTable('outbox').set(changed).where('state', '=', 'sending').where('lease_until', '<=', now);
  return Number((await lapsed.executeTakeFirst()).numUpdatedRows);
}

/** Doubtful mails that have come back by a list meanwhile: they were sent. @returns their Message-IDs */
export async function settleDoubts(tx: Tx, now: number): Promise<readonly string[]> {
  const msgids = await doubtsSeen(tx);
  for (const msgid of msgids)
    await markSent(tx, msgid, now, 'no answer came, but it was seen in the mail that we read');
  return msgids;
}

/** Whether there is anything for `recoverLapsed` or `settleDoubts`: asked without the write lock, because the sender polls. */
export async function needsTidying(db: Db, now: number): Promise<boolean> {
  const lapsed = db.selectFrom('outbox').select('id').where('state', '=', 'sending').where('lease_until', '<=', now);
  return (await lapsed.limit(1).executeTakeFirst()) !== undefined || (await doubtsSeen(db)).length > 0;
}

/**
 * Mails of ours that others have shown us and that we do not count as sent: after a lost answer, or because the installation that
 * this one was restored from has sent them. What came after we had caught up it did not send: a name can be guessed, and must not silence us.
 */
async function doubtsSeen(db: Db): Promise<readonly string[]> {
  const restored = db.selectFrom('restored').select(({ fn }) => fn.max('mail').as('mail'));
  const rows = await db
    .selectFrom('outbox')
    .innerJoin('message', 'message.msgid', 'outbox.msgid')
    .select('outbox.msgid')
    .distinct()
    .where('outbox.state', 'in', ['waiting', 'queued', 'failed'])
    .where((eb) => eb.or([eb('outbox.doubtful', '=', 1), eb('message.id', '<=', restored)]))
    .execute();
  return rows.map(({ msgid }) => msgid);
}

/** Mails that are due, oldest first. Of one series only the oldest: a later one never overtakes one that has still to be sent. */
export async function dueOutgoing(db: Db, now: number, limit: number): Promise<readonly Outgoing[]> {
  const rows = await db
    .selectFrom('outbox')
    .selectAll()
    .where('state', '=', 'queued')
    .where('run_at', '<=', now)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('outbox as earlier')
            .select('earlier.id')
            .whereRef('earlier.project', '=', 'outbox.project')
            .whereRef('earlier.key', '=', 'outbox.key')
            .whereRef('earlier.id', '<', 'outbox.id')
            .where('earlier.state', 'in', ['queued', 'sending']),
        ),
      ),
    )
    .orderBy('run_at')
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(outgoingFrom);
}

/** Marks one queued mail as being sent, before anything goes out. @returns null where it is not to be sent now, or somebody else sends it */
export async function markSending(
  tx: Tx,
  msgid: string,
  options: { readonly leaseMs: number; readonly now: number },
): Promise<Outgoing | null> {
  const row: Selectable<OutboxTable> | undefined = await tx
    .selectFrom('outbox')
    .selectAll()
    .where('msgid', '=', msgid)
    .executeTakeFirst();
  if (row?.state !== 'queued' || row.run_at > options.now) return null;
  const changed = {
    state: 'sending' as const,
    attempts: row.attempts + 1,
    lease_until: options.now + options.leaseMs,
  };
  await tx.updateTable('outbox').set(changed).where('id', '=', row.id).execute();
  return outgoingFrom({ ...row, ...changed });
}

/** The server took it, or the list was found to have it. */
export async function markSent(tx: Tx, msgid: string, now: number, response: string): Promise<void> {
  const settled = { lease_until: null, doubtful: 0, error: null } as const;
  const changed = { ...settled, state: 'sent' as const, sent_at: now, response };
  await tx.updateTable('outbox').set(changed).where('msgid', '=', msgid).execute();
}

export interface SendFailure {
  readonly error: string;
  /** Epoch ms; null gives the mail up. */
  readonly retryAt: number | null;
  /** When the answer of the server was lost, epoch ms: it may have gone out all the same; null where it has not. */
  readonly doubtAt: number | null;
}

/** A try failed. Once doubtful, a mail stays so. */
export async function markFailed(tx: Tx, msgid: string, failure: SendFailure): Promise<void> {
  const again =
    failure.retryAt === null ? { state: 'failed' as const } : { state: 'queued' as const, run_at: failure.retryAt };
  const doubtful = failure.doubtAt === null ? {} : { doubtful: 1 as const, doubt_at: failure.doubtAt };
  const changed = { ...again, ...doubtful, error: failure.error, lease_until: null };
  await tx.updateTable('outbox').set(changed).where('msgid', '=', msgid).where('state', '=', 'sending').execute();
}

/** Mails that left since a time, and those that may have: for the caps. `sentAt` of the latter is when the doubt arose. */
export async function sentSince(db: Db, since: number): Promise<readonly Outgoing[]> {
  const rows = await db
    .selectFrom('outbox')
    .selectAll()
    .where((eb) => eb.or([eb('sent_at', '>', since), eb.and([eb('doubtful', '=', 1), eb('doubt_at', '>', since)])]))
    .execute();
  return rows.map((row) => outgoingFrom({ ...row, sent_at: row.sent_at ?? row.doubt_at }));
}

/**
 * Since when the sender has got nowhere: the decision of the oldest mail of these projects that waits to be sent, or the last
 * sending where that is later. Epoch ms; null where nothing waits.
 */
export async function sendingStuckSince(db: Db, projects: readonly string[]): Promise<number | null> {
  if (projects.length === 0) return null;
  const own = db.selectFrom('outbox').where('project', 'in', projects);
  const waiting = await own
    .where('state', 'in', ['queued', 'sending'])
    .select(({ fn }) => fn.min('created').as('at'))
    .executeTakeFirst();
  const sent = await own.select(({ fn }) => fn.max('sent_at').as('at')).executeTakeFirst();
  return waiting?.at == null ? null : Math.max(waiting.at, sent?.at ?? 0);
}

/** Keeps what a delivery report says of a mail of ours. @returns false where the mail is not ours */
export async function markBounced(tx: Tx, msgid: string, words: string): Promise<boolean> {
  const found = tx.updateTable('outbox').set({ bounce: words }).where('msgid', '=', msgid);
  return (await found.executeTakeFirst()).numUpdatedRows > 0n;
}
