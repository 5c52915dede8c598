import { readHeaders, firstValue } from './headers.ts';
import type { Attachment, Message } from './message.ts';

/** One recipient that a mail did not reach, or not yet. */
export interface BounceRecipient {
  readonly recipient: string;
  readonly action: 'failed' | 'delayed' | 'other';
  /** RFC 3463, e.g. `5.1.1`; empty where none is given. */
  readonly status: string;
  /** The words of the server. */
  readonly words: string;
}

/** A delivery report (RFC 3464) on a mail. */
export interface Bounce {
  /** Message-ID of the mail that came back, or null where the report does not hold it. */
  readonly msgid: string | null;
  readonly recipients: readonly BounceRecipient[];
}

const RECIPIENTS = 50;

/** Reads a mail as a delivery report; null where it is none. Nothing that it says is trusted further than for showing it. */
export function bounceOf(message: Pick<Message, 'attachments'>): Bounce | null {
  const status = message.attachments.find(({ type }) => type === 'message/delivery-status');
  if (status === undefined) return null;
  const original = message.attachments.find(({ type }) => ['message/rfc822', 'text/rfc822-headers'].includes(type));
  return { msgid: original === undefined ? null : msgidIn(original), recipients: recipientsIn(status) };
}

/** RFC 3464 §2.1: blocks of fields with empty lines between; the first is about the whole mail. */
function recipientsIn({ content }: Attachment): BounceRecipient[] {
  const text = Buffer.from(content.subarray(0, 64 * 1024))
    .toString('latin1')
    .replaceAll('\r\n', '\n');
  return text
    .split(/\n[ \t]*\n/)
    .slice(0, RECIPIENTS)
    .flatMap((block): BounceRecipient[] => {
      const { fields } = readHeaders(Buffer.from(`${block.trim()}\n\n`, 'latin1'), 0, block.trim().length + 1);
      const recipient = firstValue(fields, 'final-recipient') ?? firstValue(fields, 'original-recipient');
      if (recipient === null) return [];
      const action = (firstValue(fields, 'action') ?? '').trim().toLowerCase();
      return [
        {
          recipient: behindType(recipient).slice(0, 254),
          action: action === 'failed' || action === 'delayed' ? action : 'other',
          status: /^\d\.\d{1,3}\.\d{1,3}/.exec(firstValue(fields, 'status') ?? '')?.[0] ?? '',
          words: behindType(firstValue(fields, 'diagnostic-code') ?? '').slice(0, 300),
        },
      ];
    });
}

/** `rfc822; ann@example.org` without its type. */
function behindType(value: string): string {
  return value.replace(/^[^;]{0,40};\s*/, '').trim();
}

function msgidIn({ content }: Attachment): string | null {
  const bytes = Buffer.from(content.subarray(0, 64 * 1024));
  const value = firstValue(readHeaders(bytes, 0, bytes.length).fields, 'message-id');
  return /<[^<>\s]{1,900}>/.exec(value ?? '')?.[0] ?? null;
}
