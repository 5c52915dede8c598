const POSTMARK = Buffer.from('From mboxrd@z Thu Jan  1 00:00:00 1970\n');
const NEWLINE = 0x0a;
const CR = 0x0d;
const QUOTE = 0x3e;
const FROM = Buffer.from('From ');

/**
 * One mail of an mboxrd (https://public-inbox.org/mboxrd): a postmark, lines that look like one quoted once more, an empty line. A line end is
 * one LF; nothing else is changed.
 */
export function mboxrd(raw: Uint8Array): Buffer {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const parts: Buffer[] = [POSTMARK];
  let from = 0;
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline;
    if (looksLikePostmark(bytes, start)) {
      parts.push(bytes.subarray(from, start));
      // The postmark of a mail that was kept with one is no part of the mail.
      if (start > 0) parts.push(Buffer.from('>'));
      from = start > 0 ? start : Math.min(end + 1, bytes.length);
    }
    if (end > start && bytes[end - 1] === CR && newline >= 0) {
      parts.push(bytes.subarray(Math.min(from, end - 1), end - 1));
      from = end;
    }
    start = end + 1;
  }
  parts.push(bytes.subarray(from));
  if (bytes.at(-1) !== NEWLINE) parts.push(Buffer.from('\n'));
  parts.push(Buffer.from('\n'));
  return Buffer.concat(parts);
}

function looksLikePostmark(bytes: Buffer, start: number): boolean {
  let at = start;
  while (bytes[at] === QUOTE) at += 1;
  return bytes[at] === FROM[0] && bytes.subarray(at, at + FROM.length).equals(FROM);
}
