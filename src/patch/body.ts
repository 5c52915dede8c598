import { decodeWords } from '../mail/encoded-words.ts';
import type { Address } from '../mail/message.ts';
import { foldBlanks, trimBlanks, trimBlanksEnd } from '../util/blanks.ts';

/** The part of a mail that becomes the commit message, and where the patch begins. */
export interface MailBody {
  /** In-body `From:`, or null. */
  readonly from: Address | null;
  /** In-body `Date:` as written, or null. */
  readonly date: string | null;
  /** In-body `Subject:`, decoded, or null. */
  readonly subject: string | null;
  /** Text above the first `---` or diff, in Unicode, not yet tidied. */
  readonly text: string;
  /** Number of the first line of the patch part; the number of lines where there is none. */
  readonly patchAt: number;
}

interface Headers {
  from: string | null;
  date: string | null;
  subject: string | null;
}

/** Where `git mailinfo` ends the message: a diff's first line, `--- file`, or `---` alone. */
function breaksPatch(line: string): boolean {
  return /^(?:diff -|Index: |--- \S|---\s*$)/.test(line);
}

/** A perforation line, `-- >8 --` and relatives: scissors, and for the rest only dashes and blanks. */
function isScissors(line: string): boolean {
  if (line.length > 200 || !/(?:>8|8<|>%|%<)/.test(line)) return false;
  const bare = line.replaceAll(/>8|8<|>%|%</g, '').replaceAll(/cut here|snip/gi, '');
  return /^[-\s]*$/.test(bare) && bare.replaceAll(/\s/g, '').length >= 2;
}

/** Reads `Name <address>`, a bare address, or null where there is no address. */
function parseAuthor(value: string): Address | null {
  const text = foldBlanks(value);
  const found = /^(.{0,200}?) ?<([^<>\s]+@[^<>\s]+)>/.exec(text);
  if (found === null) return /^[^\s<>@]+@[^\s<>@]+$/.test(text) ? { name: text, email: text } : null;
  const name = trimBlanks((found[1] ?? '').replace(/^"(.*)"$/, '$1').replaceAll(/\\(.)/g, '$1'));
  const email = found[2] ?? '';
  return { name: name === '' ? email : name, email };
}

/** Takes one in-body header from `lines[at]`, folded lines included; returns the number of lines, 0 where it is none. */
function takeHeader(lines: readonly string[], at: number, headers: Headers): number {
  const found = /^(from|date|subject):\s(.*)$/i.exec(lines[at] ?? '');
  if (found === null) return 0;
  const name = (found[1] ?? '').toLowerCase() as keyof Headers;
  if (headers[name] !== null) return 0;
  let value = found[2] ?? '';
  let used = 1;
  for (let line = lines[at + used]; line !== undefined && /^[ \t]+\S/.test(line); line = lines[at + used]) {
    value += ` ${trimBlanks(line)}`;
    used += 1;
  }
  headers[name] = trimBlanks(value);
  return used;
}

/** Reads the in-body headers that begin at `from`; returns them and the first line of the text. */
function readHeaders(lines: readonly string[], from: number): { headers: Headers; at: number } {
  const headers: Headers = { from: null, date: null, subject: null };
  let at = from;
  while (at < lines.length && trimBlanks(lines[at] ?? '') === '') at += 1;
  for (let used = takeHeader(lines, at, headers); used > 0; used = takeHeader(lines, at, headers)) at += used;
  return { headers, at };
}

/**
 * Splits the lines of a mail as `git mailinfo --scissors` does: headers in the body, message, patch. Lines are latin1 text
 * without line ends; `decode` makes Unicode of what is for people. An in-body From without an address is not believed.
 */
export function splitBody(lines: readonly string[], decode: (latin1: string) => string): MailBody {
  const end = lines.findIndex(breaksPatch);
  const patchAt = end < 0 ? lines.length : end;
  const cut = lines.slice(0, patchAt).findLastIndex(isScissors);
  const { headers, at } = readHeaders(lines.slice(0, patchAt), cut + 1);
  const text = (value: string | null): string | null => (value === null ? null : decodeWords(decode(value)));
  const from = text(headers.from);
  return {
    from: from === null ? null : parseAuthor(from),
    date: headers.date,
    subject: text(headers.subject),
    text: decode(lines.slice(at, patchAt).join('\n')),
    patchAt,
  };
}

/** The title that git records: reply marks, all leading bracketed parts, colons and blanks removed (git's mailinfo.c). */
export function commitTitle(subject: string): string {
  let rest = foldBlanks(subject);
  for (let count = 0; count < 50; count += 1) {
    const next = rest.replace(/^(?:re:|[: \t]+|\[[^\]]{0,500}\])/i, '');
    if (next === rest) break;
    rest = next;
  }
  return trimBlanks(rest);
}

/** git's clean-up of a message: no blanks at line ends, one empty line between paragraphs, none at the ends, one newline last. */
export function tidyMessage(message: string): string {
  const lines: string[] = [];
  for (const line of message.split('\n')) {
    const trimmed = trimBlanksEnd(line);
    if (trimmed !== '' || (lines.length > 0 && lines.at(-1) !== '')) lines.push(trimmed);
  }
  while (lines.at(-1) === '') lines.pop();
  return `${lines.join('\n')}\n`;
}
