import { createHash } from 'node:crypto';
import { decodeHeaders } from './addresses.ts';
import type { DecodedHeaders } from './addresses.ts';
import { isAutomatic } from './automatic.ts';
import { contentOf } from './content.ts';
import { isoWithZone, parseMailDate } from './date.ts';
import { allValues, firstValue, readHeaders } from './headers.ts';
import type { HeaderField } from './headers.ts';
import { inReplyToOf, listIdsOf, messageIdOf, referencesOf } from './identifiers.ts';
import type { Message } from './message.ts';
import { leavesOf } from './mime.ts';
import { postedOf } from './posted.ts';
import { foldCrlf } from './transfer.ts';
import { writerOf } from './unmunge.ts';

/** SHA-256 (lower case hex) of the mail with CRLF folded to LF, so that an mbox's and an IMAP server's copy agree. */
export function messageHash(raw: Uint8Array): string {
  return createHash('sha256')
    .update(foldCrlf(bufferOf(raw)))
    .digest('hex');
}

/** The Message-ID that we give a mail without one. @param hash `messageHash` */
export function namelessId(hash: string): string {
  return `<${hash}@no-message-id.invalid>`;
}

/** Reads one mail. Never throws, whatever the bytes: what was wrong is told in `oddities`, and the rest is as good as it can be. */
export async function parseMessage(raw: Uint8Array): Promise<Message> {
  const bytes = bufferOf(raw);
  const hash = messageHash(bytes);
  const oddities = new Set<string>();
  const { fields, bodyStart, damaged } = readHeaders(bytes, 0, bytes.length);
  if (damaged) oddities.add('damaged header');
  if (bytes.length === 0) oddities.add('empty mail');
  const decoded = readableHeaders(fields, oddities);
  const listIds = listIdsOf(fields);
  const content = contentOf(leavesOf(bytes, fields, bodyStart, oddities), oddities);
  const msgid = messageIdOf(fields, oddities);
  if (msgid === null) oddities.add('no Message-ID');
  if (decoded.from.email === '') oddities.add('no From address');
  return {
    msgid: msgid ?? namelessId(hash),
    hash,
    inReplyTo: inReplyToOf(fields),
    references: referencesOf(fields, oddities),
    from: writerOf({ ...decoded, listIds, fields }),
    fromHeader: decoded.from,
    to: decoded.to,
    cc: decoded.cc,
    replyTo: decoded.replyTo,
    subject: decoded.subject,
    ...timesOf(fields, listIds, oddities),
    listIds,
    ...content,
    automatic: isAutomatic(fields, listIds.length > 0),
    oddities: [...oddities],
  };
}

/** A parser that gives up on hostile headers costs us subject and addresses, not the mail. */
function readableHeaders(fields: readonly HeaderField[], oddities: Set<string>): DecodedHeaders {
  try {
    return decodeHeaders(fields);
  } catch {
    oddities.add('unreadable subject or addresses');
    return { subject: '', from: { name: '', email: '' }, to: [], cc: [], replyTo: [] };
  }
}

function timesOf(
  fields: readonly HeaderField[],
  listIds: readonly string[],
  oddities: Set<string>,
): Pick<Message, 'date' | 'posted'> {
  const header = firstValue(fields, 'date');
  const date = header === null ? null : parseMailDate(header);
  if (date === null) oddities.add(header === null ? 'no Date header' : 'unreadable Date header');
  const posted = postedOf(allValues(fields, 'received'), listIds, date?.epoch ?? null);
  if (posted === null) oddities.add('no time of posting');
  return { date: date?.iso ?? isoWithZone(posted ?? 0, 0), posted: posted ?? 0 };
}

function bufferOf(raw: Uint8Array): Buffer {
  return Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
}
