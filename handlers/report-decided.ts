import { copiesOf } from '../src/store/messages.ts';
import { maySend, stopReason } from '../src/sink/rate.ts';
import { claimOutgoing, markFailed, markSent, type Outgoing, sentSince } from '../src/store/outbox.ts';
import type { Context } from './context.ts';

const LEASE_MS = 120_000;
const FIRST_RETRY_MS = 30_000;
const LONGEST_RETRY_MS = 3_600_000;
/** How long the list gets to show a mail whose answer was lost, before it is sent again. */
const LOOK_MS = 600_000;
const MAX_ATTEMPTS = 40;
const HOUR = 3_600_000;

/**
 * Sends the oldest mail that is due. What was perhaps sent before is first looked for in the list's own mail, by its Message-ID.
 * @returns false where nothing is due, or nothing may be sent
 */
export async function sendNext(context: Context): Promise<boolean> {
  const { store, clock, sink, log, config } = context;
  if (sink === null) return false;
  const now = clock.now();
  const allowed = maySend(now, await sentSince(store.db, now - HOUR), await stopReason(config.data));
  if (allowed.kind !== 'send') return false;
  const outgoing = await claimOutgoing(store, { leaseMs: LEASE_MS, now: clock.now() });
  if (outgoing === null) return false;
  const { msgid } = outgoing.message;
  if (outgoing.doubtful && (await copiesOf(store.db, msgid)).length > 0) {
    await store.transaction((tx) => markSent(tx, msgid, clock.now()));
    log.info({ mail: msgid }, 'the list has it already');
    return true;
  }
  const result = await sink.send(outgoing.message);
  if (result.kind === 'sent') {
    await store.transaction((tx) => markSent(tx, msgid, clock.now()));
    context.observer.sent?.(outgoing);
    log.info({ mail: msgid, response: result.response }, 'mail sent');
    return true;
  }
  const doubtful = result.kind === 'doubtful';
  const retryAt = result.kind === 'refused' ? null : retryTime(outgoing, doubtful, clock.now());
  await store.transaction((tx) => markFailed(tx, msgid, { error: result.reason, retryAt, doubtful }));
  log[retryAt === null ? 'error' : 'warn']({ mail: msgid, retryAt, doubtful }, `mail not sent: ${result.reason}`);
  return true;
}

function retryTime(outgoing: Outgoing, doubtful: boolean, now: number): number | null {
  if (outgoing.attempts >= MAX_ATTEMPTS) return null;
  const wait = Math.min(FIRST_RETRY_MS * 2 ** Math.min(outgoing.attempts - 1, 20), LONGEST_RETRY_MS);
  return now + Math.max(wait, doubtful ? LOOK_MS : 0);
}
