import type { Selectable } from 'kysely';
import type { OutgoingMessage } from '../mail/outgoing.ts';
import type { Report, SendMode } from '../report/report.ts';
import type { Store } from './open.ts';
import type { Db, OutboxTable, Tx } from './schema.ts';
import type { SeriesKey } from './series.ts';

/**
 * shadow: never leaves; waiting: for a person's yes; queued: to be sent; sending: a try is under way, or was when a process ended;
 * sent: the server took it; failed: given up.
 */
export type OutgoingState = OutboxTable['state'];

/** A mail that was decided. Times are epoch ms. */
export interface Outgoing extends SeriesKey {
  readonly kind: Report['kind'];
  readonly outcome: string;
  readonly state: OutgoingState;
  readonly message: OutgoingMessage;
  readonly created: number;
  /** Tries begun. */
  readonly attempts: number;
  /** True where an earlier try may have reached the list: look there for the Message-ID before sending again. */
  readonly doubtful: boolean;
  readonly error: string | null;
  readonly sentAt: number | null;
}

export interface Decision extends SeriesKey {
  readonly kind: Report['kind'];
  /** `Report.outcome`. */
  readonly outcome: string;
  readonly message: OutgoingMessage;
  readonly mode: SendMode;
}

const FIRST_STATE = { shadow: 'shadow', moderate: 'waiting', live: 'queued' } as const satisfies Record<
  SendMode,
  OutgoingState
>;

/** Keeps a mail to be sent. @returns false where that outcome of that series was decided before: nothing is changed then */
export async function decide(tx: Tx, decision: Decision, now: number): Promise<boolean> {
  const { project, key, kind, outcome, message, mode } = decision;
  const insert = tx.insertInto('outbox').values({
    project,
    key,
    kind,
    outcome,
    msgid: message.msgid,
    state: FIRST_STATE[mode],
    message: JSON.stringify(message),
    created: now,
    run_at: now,
  });
  const done = await insert
    .onConflict((on) => on.columns(['project', 'key', 'outcome']).doNothing())
    .executeTakeFirst();
  return (done.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** Whether that outcome of that series was decided before: saves the rendering. */
export async function isDecided(db: Db, project: string, key: string, outcome: string): Promise<boolean> {
  const found = db.selectFrom('outbox').select('id').where('project', '=', project).where('key', '=', key);
  return (await found.where('outcome', '=', outcome).executeTakeFirst()) !== undefined;
}

/** A person's yes to a waiting mail. @returns false where it was not waiting */
export async function approve(tx: Tx, msgid: string, now: number): Promise<boolean> {
  const waiting = tx.updateTable('outbox').set({ state: 'queued', run_at: now }).where('msgid', '=', msgid);
  return (await waiting.where('state', '=', 'waiting').executeTakeFirst()).numUpdatedRows > 0n;
}

/** Takes the oldest mail that is due and marks it as being sent, for `leaseMs`; null where there is none. One left by a process that ended is doubtful. */
export async function claimOutgoing(
  store: Store,
  options: { readonly leaseMs: number; readonly now: number },
): Promise<Outgoing | null> {
  if ((await due(store.db, options.now)) === undefined) return null;
  return store.transaction(async (tx) => {
    const row = await due(tx, options.now);
    return row === undefined ? null : markSending(tx, row.msgid, options);
  });
}

function due(db: Db, now: number): Promise<Selectable<OutboxTable> | undefined> {
  const queued = db.selectFrom('outbox').selectAll();
  return queued
    .where((eb) =>
      eb.or([
        eb.and([eb('state', '=', 'queued'), eb('run_at', '<=', now)]),
        eb.and([eb('state', '=', 'sending'), eb('lease_until', '<=', now)]),
      ]),
    )
    .orderBy('run_at')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
}

/** Marks one queued mail as being sent, before anything goes out. @returns null where it is not to be sent, or somebody else sends it */
export async function markSending(
  tx: Tx,
  msgid: string,
  options: { readonly leaseMs: number; readonly now: number },
): Promise<Outgoing | null> {
  const row = await tx.selectFrom('outbox').selectAll().where('msgid', '=', msgid).executeTakeFirst();
  if (row === undefined) return null;
  const left = row.state === 'sending' && (row.lease_until ?? 0) <= options.now;
  if (row.state !== 'queued' && !left) return null;
  const changed = {
    state: 'sending' as const,
    attempts: row.attempts + 1,
    lease_until: options.now + options.leaseMs,
    doubtful: left ? (1 as const) : row.doubtful,
  };
  await tx.updateTable('outbox').set(changed).where('id', '=', row.id).execute();
  return outgoingFrom({ ...row, ...changed });
}

/** The server took it, or the list was found to have it. */
export async function markSent(tx: Tx, msgid: string, now: number): Promise<void> {
  const changed = { state: 'sent' as const, sent_at: now, lease_until: null, doubtful: 0 as const, error: null };
  await tx.updateTable('outbox').set(changed).where('msgid', '=', msgid).execute();
}

export interface SendFailure {
  readonly error: string;
  /** Epoch ms; null gives the mail up. */
  readonly retryAt: number | null;
  /** Whether it may have gone out all the same: the answer of the server was lost. */
  readonly doubtful: boolean;
}

/** When mails left, or may have left, since a time: for the cap on mails an hour. */
export async function sentSince(db: Db, since: number): Promise<readonly number[]> {
  const rows = await db.selectFrom('outbox').select('sent_at').where('sent_at', '>', since).execute();
  return rows.flatMap((row) => (row.sent_at === null ? [] : [row.sent_at]));
}

/** A try failed. Once doubtful, a mail stays so. */
export async function markFailed(tx: Tx, msgid: string, failure: SendFailure): Promise<void> {
  const again =
    failure.retryAt === null ? { state: 'failed' as const } : { state: 'queued' as const, run_at: failure.retryAt };
  const doubtful = failure.doubtful ? { doubtful: 1 as const } : {};
  const changed = { ...again, ...doubtful, error: failure.error, lease_until: null };
  await tx.updateTable('outbox').set(changed).where('msgid', '=', msgid).where('state', '=', 'sending').execute();
}

/** Everything that was decided about a series, oldest first. */
export async function outgoingOf(db: Db, project: string, key: string): Promise<readonly Outgoing[]> {
  const found = db.selectFrom('outbox').selectAll().where('project', '=', project).where('key', '=', key);
  return (await found.orderBy('id').execute()).map(outgoingFrom);
}

export async function outgoingByMsgid(db: Db, msgid: string): Promise<Outgoing | null> {
  const row = await db.selectFrom('outbox').selectAll().where('msgid', '=', msgid).executeTakeFirst();
  return row === undefined ? null : outgoingFrom(row);
}

/** Decided mails, newest first. */
export async function listOutgoing(
  db: Db,
  query: { readonly project?: string; readonly state?: OutgoingState; readonly limit: number },
): Promise<readonly Outgoing[]> {
  let found = db.selectFrom('outbox').selectAll();
  if (query.project !== undefined) found = found.where('project', '=', query.project);
  if (query.state !== undefined) found = found.where('state', '=', query.state);
  return (await found.orderBy('id', 'desc').limit(query.limit).execute()).map(outgoingFrom);
}

/** How many mails there are in each state, for metrics. */
export async function countOutgoing(
  db: Db,
): Promise<readonly { readonly state: OutgoingState; readonly count: number }[]> {
  const counted = db.selectFrom('outbox').select(['state', ({ fn }) => fn.countAll<number>().as('count')]);
  return counted.groupBy('state').orderBy('state').execute();
}

function outgoingFrom(row: Selectable<OutboxTable>): Outgoing {
  const { project, key, kind, outcome, state, created, attempts, error } = row;
  const message = JSON.parse(row.message) as OutgoingMessage;
  return {
    project,
    key,
    kind,
    outcome,
    state,
    message,
    created,
    attempts,
    doubtful: row.doubtful === 1,
    error,
    sentAt: row.sent_at,
  };
}
