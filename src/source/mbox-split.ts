import { MAIL_CAP } from './raw-mail.ts';

/** One mail of an mbox, unquoted. */
export interface MboxMail {
  readonly raw: Buffer;
  /** Offsets in the stream: where its postmark starts, and where the next one would. */
  readonly start: number;
  readonly end: number;
  readonly cut: boolean;
}

const NEXT = Buffer.from('\nFrom ');
/** Postmarks are short; a "From " line longer than this is text. */
const POSTMARK_CAP = 512;
/** Held back between chunks: an empty line with CRLF and the start of a postmark. */
const TAIL = 16;
/** `From sender date`, where the date has a time and a year: what all mbox writers agree on. */
const POSTMARK = /^From .{0,400}\d{1,2}:\d{2}(?::\d{2})?\b.{0,60}\b\d{4}\b/;

/**
 * Splits a stream into mails with bounded memory (one mail and one chunk). A stream that starts with "From " is an mbox:
 * a later "From " line separates only where it is a postmark behind an empty line. Any other stream is one mail.
 */
export async function* splitMbox(chunks: AsyncIterable<Buffer>, offset = 0): AsyncGenerator<MboxMail> {
  const splitter = new Splitter(offset);
  for await (const chunk of chunks) yield* splitter.push(chunk, false);
  yield* splitter.push(Buffer.alloc(0), true);
}

/** Whether bytes that start a stream are the start of an mbox's mail. */
function startsWithPostmark(bytes: Buffer): boolean {
  return /^(?:\r?\n){0,8}From /.test(bytes.toString('latin1', 0, POSTMARK_CAP));
}

/** One level of `>` off each `>From ` line: mboxrd's rule, and mboxo's for all it can still tell. */
export function unquoteFrom(mail: Buffer): Buffer {
  const pieces: Buffer[] = [];
  let copied = 0;
  for (let at = mail.indexOf('>From '); at >= 0; at = mail.indexOf('>From ', at + 6)) {
    let first = at;
    while (first > 0 && mail[first - 1] === 0x3e) first -= 1;
    if (first > 0 && mail[first - 1] !== 0x0a) continue;
    pieces.push(mail.subarray(copied, at));
    copied = at + 1;
  }
  return copied === 0 ? mail : Buffer.concat([...pieces, mail.subarray(copied)]);
}

class Splitter {
  #buffer: Buffer = Buffer.alloc(0);
  /** Offset of the buffer's first byte in the stream. */
  #offset: number;
  #mode: 'start' | 'mbox' | 'single' = 'start';
  /** The mail being read: its bytes so far and where it started. */
  #held: Buffer[] = [];
  #size = 0;
  #cut = false;
  #start: number;

  constructor(offset: number) {
    this.#offset = offset;
    this.#start = offset;
  }

  *push(chunk: Buffer, last: boolean): Generator<MboxMail> {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    if (this.#mode === 'start' && !this.#open(last)) return;
    if (this.#mode === 'mbox') yield* this.#split(last);
    if (!last)
      return this.#keep(
        this.#mode === 'mbox' ? Math.max(0, this.#buffer.length - this.#pending()) : this.#buffer.length,
      );
    this.#keep(this.#buffer.length);
    if (this.#size > 0) yield this.#finish(this.#mode === 'mbox', this.#offset);
  }

  /** Decides what the stream is, once its first line is there. */
  #open(last: boolean): boolean {
    if (!last && !this.#buffer.includes(0x0a, 1) && this.#buffer.length < POSTMARK_CAP) return false;
    this.#mode = startsWithPostmark(this.#buffer) ? 'mbox' : 'single';
    if (this.#mode === 'mbox') this.#skipPostmark(this.#buffer.indexOf('From '));
    return true;
  }

  *#split(last: boolean): Generator<MboxMail> {
    for (let at = this.#separator(0, last); at >= 0; at = this.#separator(0, last)) {
      const crlf = this.#buffer[at - 1] === 0x0d;
      this.#keep(at - (crlf ? 1 : 0));
      const line = crlf ? 2 : 1;
      yield this.#finish(false, this.#offset + line);
      this.#skipPostmark(line);
    }
  }

  /** Where the line end of the empty line before the next postmark is, or -1. */
  #separator(from: number, last: boolean): number {
    const buffer = this.#buffer;
    for (let at = buffer.indexOf(NEXT, from); at >= 0; at = buffer.indexOf(NEXT, at + 1)) {
      if (!this.#isEmptyLine(at)) continue;
      const line = buffer.toString('latin1', at + 1, at + 1 + POSTMARK_CAP);
      const end = line.indexOf('\n');
      if (end < 0 && line.length < POSTMARK_CAP && !last) return -1;
      if (POSTMARK.test(end < 0 ? line : line.slice(0, end))) return at;
    }
    return -1;
  }

  /** Whether the line that ends at `at` is empty. */
  #isEmptyLine(at: number): boolean {
    const before = this.#buffer[at - 1] === 0x0d ? at - 1 : at;
    return before === 0 ? this.#size === 0 : this.#buffer[before - 1] === 0x0a;
  }

  /** How many bytes at the end may yet turn out to be a separator. */
  #pending(): number {
    const tail = Math.max(0, this.#buffer.length - POSTMARK_CAP - TAIL);
    const at = this.#buffer.indexOf(NEXT, tail);
    return at < 0 ? Math.min(TAIL, this.#buffer.length) : Math.min(this.#buffer.length, this.#buffer.length - at + 2);
  }

  #skipPostmark(at: number): void {
    const newline = this.#buffer.indexOf(0x0a, at);
    this.#start = this.#offset + at;
    this.#drop(newline < 0 ? this.#buffer.length : newline + 1);
  }

  /** Moves bytes from the buffer to the mail, up to the cap. */
  #keep(count: number): void {
    const room = MAIL_CAP - this.#size;
    if (count > room) this.#cut = true;
    if (count > 0 && room > 0) this.#held.push(this.#buffer.subarray(0, Math.min(count, room)));
    this.#size += Math.min(count, room);
    this.#drop(count);
  }

  #drop(count: number): void {
    this.#buffer = this.#buffer.subarray(count);
    this.#offset += count;
  }

  #finish(trim: boolean, end: number): MboxMail {
    const whole = Buffer.concat(this.#held);
    const raw = this.#mode === 'mbox' ? unquoteFrom(trim ? withoutEmptyLine(whole) : whole) : whole;
    const mail = { raw, start: this.#start, end, cut: this.#cut };
    this.#held = [];
    this.#size = 0;
    this.#cut = false;
    return mail;
  }
}

/** The empty line that closes the last mail of an mbox belongs to the mbox. */
function withoutEmptyLine(mail: Buffer): Buffer {
  if (mail.subarray(-2).equals(Buffer.from('\n\n'))) return mail.subarray(0, -1);
  return mail.subarray(-4).equals(Buffer.from('\r\n\r\n')) ? mail.subarray(0, -2) : mail;
}
