import type { Address, Message } from '../src/mail/message.ts';
import { isAligned, verifiedDomains } from '../src/mail/authentication.ts';
import { parseMessage } from '../src/mail/parse.ts';
import type { Evidence } from '../src/report/authority.ts';
import { marksIn } from '../src/report/mark.ts';
import { ownMessageIdOf } from '../src/report/notice.ts';
import { isMachine } from '../src/report/recipients.ts';
import { type Request, requestsIn } from '../src/report/request.ts';
import { copiesOf, rawByHash } from '../src/store/messages.ts';
import { ownAmong } from '../src/store/outbox.ts';
import type { Context } from './context.ts';

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
  for (const { hash } of (await copiesOf(context.store.db, msgid)).slice(0, 8)) {
    const raw = await rawByHash(context.store.db, hash);
    if (raw !== null && raw.length <= context.config.limits.messageBytes) letters.push(await readCopyOf(context, raw));
  }
  return letters.find(({ evidence }) => evidence.kind !== 'none') ?? letters[0] ?? null;
}

async function readCopyOf({ config }: Context, raw: Buffer): Promise<Letter> {
  const message = await parseMessage(raw);
  const { from, fromHeader } = message;
  const domains = config.bot.authserv === null ? [] : verifiedDomains(raw, config.bot.authserv);
  // A name that a list has munged is a claim of the list: DKIM speaks for the From that stands there.
  const [domain] = isSame(from, fromHeader) ? domains.filter((one) => isAligned(from.email, [one])) : [];
  const evidence: Evidence = domain === undefined ? { kind: 'none' } : { kind: 'dkim', domain };
  return { message, writer: from, evidence, requests: requestsIn(message, config.bot.email) };
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
