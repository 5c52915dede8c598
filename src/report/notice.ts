import { createHash } from 'node:crypto';
import type { Address } from '../mail/message.ts';
import type { OutgoingMessage } from '../mail/outgoing.ts';
import { markOf } from './mark.ts';
import { fillParagraphs, oneLine } from './text.ts';

/** What the operator is told. */
export interface Notice {
  /** Names it: the same notice is not sent twice. */
  readonly outcome: string;
  readonly subject: string;
  /** Paragraphs; what came by mail stands after `| `. */
  readonly text: string;
}

/** A notice as a mail to the operator alone. */
export function renderNotice(notice: Notice, bot: Address, operator: string, date: string): OutgoingMessage {
  const msgid = ownMessageId(bot.email, ['operator', notice.outcome]);
  return {
    msgid,
    from: { name: oneLine(bot.name, 100), email: bot.email },
    to: [{ name: '', email: operator }],
    cc: [],
    subject: oneLine(notice.subject, 200),
    inReplyTo: null,
    references: [],
    date,
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All', 'X-Patchloom': 'notice' },
    text: `${fillParagraphs(`${notice.text.trimEnd()}\n\n-- \npatchloom-mark: ${markOf(msgid)}`)}\n`,
  };
}

/**
 * The Message-ID of a mail of ours. The same for the same words of the same bot, so that a bot that has lost its memory does not say
 * them twice under two names.
 */
export function ownMessageId(email: string, about: readonly string[]): string {
  const named = createHash('sha256').update(JSON.stringify([email, ...about]));
  return ownMessageIdOf(email, named.digest('hex').slice(0, 32));
}

/** The Message-ID of the mail of ours that bears a mark. */
export function ownMessageIdOf(email: string, mark: string): string {
  return `<patchloom-${mark}@${email.split('@')[1] ?? 'localhost'}>`;
}
