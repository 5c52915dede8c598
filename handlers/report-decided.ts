import { setTimeout as sleep } from 'node:timers/promises';
import type { SendResult } from '../src/sink/sink.ts';
import type { Outgoing } from '../src/store/outbox.ts';
import {
  markFailed,
  markSending,
  markSent,
  needsTidying,
  recoverLapsed,
  settleDoubts,
} from '../src/store/outbox-queue.ts';
import { restoredAt, settleRestored } from '../src/store/restored.ts';
import type { Context } from './context.ts';
import { nextToSend } from './next-to-send.ts';
import { whySendingStops } from './stop-sending.ts';

/** Times of sending, in milliseconds; a value, so that tests own it. */
export interface SendPolicy {
  /** A try that has not ended by then belongs to a process that died. */
  readonly leaseMs: number;
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  /** Age at which a mail is given up: RFC 5321 §4.5.4.1 asks for four days at least. */
  readonly giveUpMs: number;
  /** How long the list gets to show a mail whose answer was lost, before it is sent again. */
  readonly lookMs: number;
  /** How often the kill switch is looked at while a try is under way. */
  readonly switchMs: number;
}

export const SEND_POLICY: SendPolicy = {
  leaseMs: 300_000,
  firstRetryMs: 30_000,
  longestRetryMs: 3_600_000,
  giveUpMs: 4 * 86_400_000,
  lookMs: 900_000,
  switchMs: 250,
};

/**
 * Sends the oldest mail that is due and that no cap keeps back. What was perhaps sent before is first looked for in the lists' own
 * mail, by its Message-ID, and sent again only when that mail is known to have been read long enough.
 * @returns false where nothing is due, or nothing may be sent
 */
export async function sendNext(context: Context, policy: SendPolicy = SEND_POLICY): Promise<boolean> {
  const { store, clock, sink, log, config } = context;
  if (sink === null) return false;
  const catchingUp = await isCatchingUp(context);
  await tidy(context, policy);
  if (catchingUp || (await whySendingStops(config, store)) !== null) return false;
  const next = await nextToSend(context);
  if (next === null) return false;
  const { msgid } = next.message;
  const now = clock.now();
  const outgoing = await store.transaction((tx) => markSending(tx, msgid, { leaseMs: policy.leaseMs, now }));
  if (outgoing === null) return true;
  const doubt = await doubtOf(context, outgoing, policy);
  if (doubt !== null) {
    await store.transaction((tx) => markFailed(tx, msgid, { ...doubt, doubtAt: null }));
    log[doubt.retryAt === null ? 'error' : 'info']({ mail: msgid }, doubt.error);
    return true;
  }
  await keepResult(context, outgoing, await tryToSend(context, outgoing, policy), policy);
  return true;
}

/** A restored store sends nothing before the mail up to its restore has been read: what the original said is in there. */
async function isCatchingUp(context: Context): Promise<boolean> {
  const { store, log } = context;
  const at = await restoredAt(store.db);
  if (at === null) return false;
  if ((await context.readAt()) < at) return true;
  await store.transaction((tx) => settleRestored(tx, at));
  log.info('the mail since the backup has been read: sending goes on');
  return false;
}

/** What a dead sender left becomes doubtful, and doubts that the list has answered are settled. Also while all sending is stopped. */
async function tidy({ store, clock, log }: Context, { lookMs }: SendPolicy): Promise<void> {
  const now = clock.now();
  if (!(await needsTidying(store.db, now))) return;
  const settled = await store.transaction(async (tx) => {
    await recoverLapsed(tx, { now, lookMs });
    return settleDoubts(tx, now);
  });
  for (const mail of settled) log.info({ mail }, 'the list has it already');
}

/**
 * Why a doubtful mail is not sent again now, or null where it may be. A mail that goes to no list never comes back to us: whether it
 * arrived only a person can find out.
 */
async function doubtOf(
  context: Context,
  outgoing: Outgoing,
  policy: SendPolicy,
): Promise<{ readonly error: string; readonly retryAt: number | null } | null> {
  if (!outgoing.doubtful) return null;
  const lists = context.config.projects.find(({ name }) => name === outgoing.project)?.lists ?? [];
  const { to, cc } = outgoing.message;
  if (![...to, ...cc].some(({ email }) => lists.includes(email.toLowerCase()))) {
    const error = 'the server took the text but its answer was lost, and no list can show whether it arrived';
    return { error, retryAt: null };
  }
  if ((await context.readAt()) >= (outgoing.doubtAt ?? 0) + policy.lookMs) return null;
  const now = context.clock.now();
  if (now - outgoing.created >= policy.giveUpMs) {
    const error =
      'its answer was lost, and the mail of the list has not been read since: whether it arrived is for a person to find out';
    return { error, retryAt: null };
  }
  const error = 'its answer was lost; it waits until the mail of the list has been read';
  return { error, retryAt: now + policy.firstRetryMs };
}

/** One try, ended by the kill switch as far as it still can be. */
async function tryToSend(context: Context, { message }: Outgoing, policy: SendPolicy): Promise<SendResult> {
  const stop = new AbortController();
  const ended = new AbortController();
  const watch = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      if ((await whySendingStops(context.config, context.store)) !== null) stop.abort();
      await sleep(policy.switchMs, undefined, { signal: ended.signal }).catch(() => {});
    }
  };
  const watching = watch();
  try {
    return (await context.sink?.send(message, stop.signal)) ?? { kind: 'retry', reason: 'no mail server is set up' };
  } finally {
    ended.abort();
    await watching;
  }
}

async function keepResult(context: Context, outgoing: Outgoing, result: SendResult, policy: SendPolicy): Promise<void> {
  const { store, clock, log } = context;
  const { msgid } = outgoing.message;
  const now = clock.now();
  if (result.kind === 'sent') {
    await store.transaction((tx) => markSent(tx, msgid, now, result.response));
    context.observer.sent?.(outgoing);
    log.info({ mail: msgid, response: result.response }, 'mail sent');
    return;
  }
  context.observer.unsent?.(outgoing, result.kind);
  const doubtful = result.kind === 'doubtful';
  const retryAt = result.kind === 'refused' ? null : retryTime(outgoing, doubtful, now, policy);
  const failure = { error: result.reason, retryAt, doubtAt: doubtful ? now : null };
  await store.transaction((tx) => markFailed(tx, msgid, failure));
  log[retryAt === null ? 'error' : 'warn']({ mail: msgid, retryAt, doubtful }, `mail not sent: ${result.reason}`);
}

function retryTime(outgoing: Outgoing, doubtful: boolean, now: number, policy: SendPolicy): number | null {
  if (now - outgoing.created >= policy.giveUpMs) return null;
  const wait = Math.min(policy.firstRetryMs * 2 ** Math.min(outgoing.attempts - 1, 20), policy.longestRetryMs);
  return now + Math.max(wait, doubtful ? policy.lookMs : 0);
}
