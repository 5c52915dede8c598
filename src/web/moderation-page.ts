import { listOutgoing } from '../store/outbox.ts';
import type { Db } from '../store/schema.ts';
import { type OutgoingLine, outgoingLine } from './outbox-page.ts';

/** Mails on one page; with those said yes or no to, the next ones come up. */
const MOST = 100;

/** What became of the last thing that was asked for, by the word in the address of the page. */
const NEWS: Readonly<Record<string, string>> = {
  approved: 'The mail will be sent.',
  rejected: 'The mail will not be sent.',
  late: 'That mail does not wait any more: somebody else was faster.',
  wrong: 'That is not the token.',
};

/** The page where an operator says yes or no. */
export interface ModerationModel {
  /** False: the token is asked for, and nothing is shown. */
  readonly known: boolean;
  /** Empty where there is none. */
  readonly news: string;
  /** Oldest first, as they would be sent. */
  readonly mails: readonly WaitingMail[];
  readonly more: boolean;
}

/** A mail that waits, with what the form needs. */
export interface WaitingMail extends OutgoingLine {
  readonly msgid: string;
}

/** @param said the word in the page's address */
export async function moderationModel(db: Db, known: boolean, said: string, now: number): Promise<ModerationModel> {
  const news = Object.hasOwn(NEWS, said) ? (NEWS[said] ?? '') : '';
  if (!known) return { known, news, mails: [], more: false };
  const waiting = (await listOutgoing(db, { state: 'waiting', limit: 10_000 })).toReversed();
  const mails: WaitingMail[] = [];
  for (const one of waiting.slice(0, MOST))
    mails.push({ ...(await outgoingLine(db, one, true, now)), msgid: one.message.msgid });
  return { known, news, mails, more: waiting.length > MOST };
}
