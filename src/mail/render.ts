import { PatchloomError } from '../util/errors.ts';
import type { Address } from './message.ts';
import type { OutgoingMessage } from './outgoing.ts';

const MSGID = /^<[^<>\s\x00-\x1f\x7f]{1,994}>$/;
const EMAIL = /^[^\s@<>()[\],;:"\\\x00-\x1f\x7f]{1,128}@[^\s@<>()[\],;:"\\\x00-\x1f\x7f]{1,255}$/;
const HEADER_NAME = /^[A-Za-z0-9-]{1,76}$/;
/** Set by this file alone. */
const RESERVED = /^(?:from|to|cc|bcc|sender|subject|date|message-id|in-reply-to|references|mime-version|content-.*)$/i;
/** Longest line sent as it is: RFC 5322 §2.1.1 allows 998. Compiler output has long lines, and people read archives raw. */
const LINE_CAP = 990;

/**
 * The mail as RFC 5322 bytes. Text is not wrapped: ASCII goes as 7bit, all else as quoted-printable. Both are safe
 * on every path and come out of every mail program as they went in.
 * Line ends and control characters in header values become a blank; recipients without a usable address are left out.
 * @throws PatchloomError (INTERNAL) where Message-ID, From, date, all recipients or a header's name are unusable.
 */
export async function renderMessage(out: OutgoingMessage): Promise<Buffer> {
  const recipients = { to: usable(out.to), cc: usable(out.cc) };
  check(MSGID.test(out.msgid), out, 'its Message-ID is not usable');
  check(EMAIL.test(out.from.email), out, 'its From is not usable');
  check(recipients.to.length + recipients.cc.length > 0, out, 'it has no usable recipient');
  check(!Number.isNaN(Date.parse(out.date)), out, 'its date is not usable');
  // Only here: most of what reads mail sends none.
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
  const composer = new MailComposer({
    messageId: out.msgid,
    date: new Date(out.date),
    from: mailbox(out.from),
    to: recipients.to.map(mailbox),
    cc: recipients.cc.map(mailbox),
    subject: asWords(out.subject),
    ...threading(out),
    headers: extraHeaders(out),
    text: out.text.replace(/\r\n?|\n/g, '\r\n'),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const node = composer.compile();
  const encoding = encodingFor(out.text);
  // The composer would encode ASCII lines of 77 characters.
  node.getTransferEncoding = () => encoding;
  return node.build();
}

/** References end with the mail that is answered (RFC 5322 §3.6.4). */
function threading(out: OutgoingMessage): { inReplyTo?: string; references?: string[] } {
  const references = out.references.filter(isMsgid);
  if (out.inReplyTo === null || !isMsgid(out.inReplyTo)) return references.length > 0 ? { references } : {};
  const parent = out.inReplyTo;
  return { inReplyTo: parent, references: [...references.filter((id) => id !== parent), parent] };
}

/** A Message-ID of somebody else that may be named: none that a reader's program would decode (RFC 2047). */
function isMsgid(id: string): boolean {
  return MSGID.test(id) && !id.includes('=?');
}

function extraHeaders(out: OutgoingMessage): { key: string; value: string }[] {
  return Object.entries(out.headers).map(([key, value]) => {
    check(HEADER_NAME.test(key) && !RESERVED.test(key), out, 'it sets a header that it may not set');
    return { key, value: oneLine(value) };
  });
}

function usable(addresses: readonly Address[]): Address[] {
  return addresses.filter((address) => EMAIL.test(address.email));
}

function mailbox(address: Address): { name: string; address: string } {
  return { name: asWords(address.name), address: address.email };
}

/** Text that a reader sees as it is: what looks like an encoded word (RFC 2047) would be decoded once more by whoever reads it. */
function asWords(value: string): string {
  return oneLine(value).replaceAll('=?', '= ?');
}

/** Header injection ends here: no value that leaves this file holds a line end. */
function oneLine(value: string): string {
  return value.replace(/[\x00-\x1f\x7f\u0085\u2028\u2029]+/g, ' ').trim();
}

function encodingFor(text: string): '7bit' | 'quoted-printable' {
  const plain = !/[^\t\n\r\x20-\x7e]/.test(text);
  return plain && text.split(/\r\n|\r|\n/).every((line) => line.length <= LINE_CAP) ? '7bit' : 'quoted-printable';
}

function check(fine: boolean, out: OutgoingMessage, what: string): void {
  if (!fine) throw new PatchloomError('INTERNAL', `outgoing mail "${oneLine(out.subject).slice(0, 60)}": ${what}`);
}
