import type { Address, Message } from '../src/mail/message.ts';
import { parseMessage } from '../src/mail/parse.ts';
import { type Evidence, evidenceOf } from '../src/report/evidence.ts';
import { marksIn } from '../src/report/mark.ts';
import { ownMessageIdOf } from '../src/report/notice.ts';
import { isMachine } from '../src/report/recipients.ts';
import { type Request, requestsIn } from '../src/report/request.ts';
import { copiesOf, rawByHash } from '../src/store/messages.ts';
import { ownAmong } from '../src/store/outbox.ts';
import type { Context } from './context.ts';

const DAY = 86_400_000;

/** A mail to us in the copy that says most for its being genuine. */
export interface Letter {
  readonly message: Message;
  readonly writer: Address;
  readonly evidence: Evidence;
  readonly requests: readonly Request[];
}

/**
 * Reads all copies of a mail. Each is judged by itself, because a forger may send other words under the Message-ID of a genuine mail:
 * what is asked for is read from the very copy that carries the evidence.
 */
export async function readLetter(context: Context, msgid: string): Promise<Letter | null> {
  const letters: Letter[] = [];
  for (const { hash, dkim } of (await copiesOf(context.store.db, msgid)).slice(0, 8)) {
    const raw = await rawByHash(context.store.db, hash);
    if (raw !== null && raw.length <= context.config.limits.messageBytes)
      letters.push(await readCopyOf(context, raw, dkim));
  }
  return letters.find(({ evidence }) => evidence.kind !== 'none') ?? letters[0] ?? null;
}

async function readCopyOf({ config, clock }: Context, raw: Buffer, verdict: string | null): Promise<Letter> {
  const message = await parseMessage(raw);
  const { authserv } = config.bot;
  const oldest = clock.now() - config.limits.actWithinDays * DAY;
  const evidence = evidenceOf(raw, message, { authserv, verdict, oldest });
  return { message, writer: message.from, evidence, requests: requestsIn(message, config.bot.email) };
}

/**
 * Why a mail may not be answered by us, or null where it may. Ours is known by its address, by its Message-ID, and where somebody has
 * changed both by the mark in its last lines.
 */
export async function loopReason({ config, store }: Context, message: Message): Promise<string | null> {
  if (message.automatic) return 'it was written by a program';
  if ([message.from, message.fromHeader].some(({ email }) => isMachine(email)))
    return 'its address is that of a program';
  if ([message.from, message.fromHeader].some((one) => isSame(one, config.bot))) return 'it is ours';
  const marks = marksIn(message.text).map((mark) => ownMessageIdOf(config.bot.email, mark));
  const own = await ownAmong(store.db, [message.msgid, ...marks]);
  return own.size > 0 ? 'it is ours, under another name' : null;
}

function isSame(one: { readonly email: string }, other: { readonly email: string }): boolean {
  return one.email.toLowerCase() === other.email.toLowerCase();
}
