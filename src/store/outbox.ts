import type { Selectable } from 'kysely';
import type { OutgoingMessage } from '../mail/outgoing.ts';
import type { SaidKind, SendMode } from '../report/report.ts';
import type { Db, OutboxTable, Tx } from './schema.ts';
import type { SeriesKey } from './series.ts';

/**
 * shadow: never leaves; waiting: for a person's yes; queued: to be sent; sending: a try is under way, or was when a process ended;
 * sent: the server took it; failed: given up; dropped: not to be said any more.
 */
export type OutgoingState = OutboxTable['state'];

/** A mail that was decided. Times are epoch ms. */
export interface Outgoing extends SeriesKey {
  readonly kind: SaidKind;
  readonly outcome: string;
  readonly state: OutgoingState;
  readonly message: OutgoingMessage;
  readonly created: number;
  /** Tries begun. */
  readonly attempts: number;
  /** True where an earlier try may have reached the list: look there for the Message-ID before sending again. */
  readonly doubtful: boolean;
  /** When that try ended without an answer, or null. */
  readonly doubtAt: number | null;
  /** Why it was not sent, or why it was dropped. */
  readonly error: string | null;
  readonly sentAt: number | null;
  /** The server's words when it took the mail. */
  readonly response: string | null;
  /** What a later delivery report said. */
  readonly bounce: string | null;
}

export interface Decision extends SeriesKey {
  readonly kind: SaidKind;
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

/** A person's yes: to a waiting mail, or to one that was given up. @returns false where it is in none of the states */
export async function approve(
  tx: Tx,
  msgid: string,
  now: number,
  states: readonly OutgoingState[] = ['waiting', 'failed'],
): Promise<boolean> {
  const yes = tx.updateTable('outbox').set({ state: 'queued', run_at: now, error: null, doubtful: 0 });
  const done = await yes.where('msgid', '=', msgid).where('state', 'in', states).executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

/** Takes back what has not been sent: a person's no, or a reason that came up later. @returns false where it is in none of the states */
export async function drop(
  tx: Tx,
  msgid: string,
  reason: string,
  states: readonly OutgoingState[] = ['waiting', 'queued', 'failed'],
): Promise<boolean> {
  const no = tx.updateTable('outbox').set({ state: 'dropped', error: reason }).where('msgid', '=', msgid);
  return (await no.where('state', 'in', states).executeTakeFirst()).numUpdatedRows > 0n;
}

/** Puts another text or other people into a mail that has not left yet; its Message-ID stays. */
export async function changeMessage(tx: Tx, message: OutgoingMessage): Promise<void> {
  const change = tx
    .updateTable('outbox')
    .set({ message: JSON.stringify(message) })
    .where('msgid', '=', message.msgid);
  await change.where('state', 'in', ['waiting', 'queued']).execute();
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

/** Which of the Message-IDs are of mails that we decided, whatever became of them. */
export async function ownAmong(db: Db, msgids: readonly string[]): Promise<ReadonlySet<string>> {
  if (msgids.length === 0) return new Set();
  const rows = await db.selectFrom('outbox').select('msgid').where('msgid', 'in', msgids.slice(-200)).execute();
  return new Set(rows.map(({ msgid }) => msgid));
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

/** A row as the value that others see. */
export function outgoingFrom(row: Selectable<OutboxTable>): Outgoing {
  const { project, key, kind, outcome, state, created, attempts, error, response, bounce } = row;
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
    doubtAt: row.doubt_at,
    error,
    sentAt: row.sent_at,
    response,
    bounce,
  };
}
