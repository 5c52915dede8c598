import type { Address } from '../mail/message.ts';
import type { OutgoingMessage } from '../mail/outgoing.ts';
import type { Series } from '../series/series.ts';
import { PatchloomError } from '../util/errors.ts';
import { type Answered, type Audience, recipientsOf } from './recipients.ts';
import type { Report } from './report.ts';
import type { Templates } from './template.ts';
import { fillParagraphs, oneLine } from './text.ts';
import { type ReportLinks, resultsOf, valuesOf } from './values.ts';

/** All that one mail is made of. */
export interface RenderRequest {
  readonly report: Report;
  readonly series: Series;
  /** The mail of `report.replyTo`. */
  readonly message: Answered;
  readonly bot: Address;
  readonly settings: Audience;
  readonly links: ReportLinks;
  /** Message-ID that was given when the mail was decided, with its angle brackets. */
  readonly msgid: string;
  /** When it was decided: ISO 8601 with zone. */
  readonly date: string;
  readonly templates: Templates;
}

/**
 * The report as a mail: a reply to the patch or cover, plain text of 72 columns, complete in itself. The same request always
 * gives the same mail.
 * @returns null where no program may answer the message; the reason is its being automatic, ours, or without a usable address.
 */
export function renderReport(request: RenderRequest): OutgoingMessage | null {
  const { report, series, message, bot, msgid } = request;
  const recipients = recipientsOf(message, bot, request.settings);
  if (recipients === null) return null;
  if (!isMessageId(msgid)) throw new PatchloomError('INTERNAL', `not a Message-ID: ${oneLine(msgid)}`);
  const references = [...new Set([...message.references, message.msgid])].filter(isMessageId);
  return {
    msgid,
    from: { name: oneLine(bot.name, 100), email: bot.email },
    ...recipients,
    subject: replySubject(message.subject),
    inReplyTo: isMessageId(message.msgid) ? message.msgid : null,
    references,
    date: request.date,
    headers: {
      // RFC 3834 §5; the second is Exchange's way to say the same.
      'Auto-Submitted': 'auto-replied',
      'X-Auto-Response-Suppress': 'All',
      'X-Patchloom': 'report',
      'X-Patchloom-Series': token(`${series.change}/v${series.version}`),
      'X-Patchloom-Outcome': token(report.outcome),
    },
    text: renderText(request),
  };
}

function renderText({ report, series, bot, links, templates, msgid }: RenderRequest): string {
  const values = { ...valuesOf(report, series, bot, links, msgid), results: resultsOf(report, templates.result) };
  const body = templates[report.kind](values).trimEnd();
  return `${fillParagraphs(`${body}\n\n${templates.footer(values).trimEnd()}`)}\n`;
}

/** One `Re:`, whatever the number and case of those that are there. */
export function replySubject(subject: string): string {
  const line = oneLine(subject, 400).replace(/^(?:re:\s*){1,20}/i, '');
  return `Re: ${line === '' ? '(no subject)' : line}`;
}

/** Angle brackets and one word; a name that was made up for a mail without one is of no use to others. */
export function isMessageId(text: string): boolean {
  return /^<[^\s<>\p{Cc}]{1,900}>$/u.test(text) && !text.endsWith('@no-message-id.invalid>');
}

/** Printable ASCII without blanks, for headers that programs read. */
function token(text: string): string {
  return text.slice(0, 200).replace(/[^!-~]/g, '_');
}
