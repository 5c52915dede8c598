/** Text with the charset that was really used, and what was odd about it. */
export interface DecodedText {
  readonly text: string;
  /** A label that TextDecoder knows, lower case. */
  readonly charset: string;
  readonly oddity: string | null;
}

const ASCII_LABELS = new Set(['', 'us-ascii', 'ascii', 'ansi_x3.4-1968', '7bit', 'utf8']);

/**
 * Decodes bytes by their declared charset. Where none (or ASCII, or an unknown one such as git send-email's "y") is declared,
 * the bytes decide: UTF-8 where they are valid UTF-8, else windows-1252. Never throws.
 */
export function decodeText(bytes: Buffer, declared: string): DecodedText {
  const label = declared.trim().toLowerCase();
  if (ASCII_LABELS.has(label))
    return guess(bytes, label === '' || label === 'utf8' ? 'no charset' : `charset ${label}`, false);
  if (label === 'utf-8') {
    const text = bytes.toString('utf8');
    const oddity = text.includes('\uFFFD') && strictUtf8(bytes) === null ? 'body is not valid utf-8' : null;
    return { text: dropBom(text), charset: 'utf-8', oddity };
  }
  const decoder = decoderOf(label);
  if (decoder === null) return guess(bytes, `unknown charset ${printable(label)}`, true);
  return { text: decoder.decode(bytes), charset: label, oddity: null };
}

/** Labels of true Latin-1; TextDecoder takes them all for windows-1252. */
const LATIN1_LABELS = new Set(['iso-8859-1', 'iso8859-1', 'iso88591', 'iso_8859-1', 'latin1', 'l1']);

/**
 * As `decodeText`, with what git makes of bytes that their charset does not have: a commit message keeps them as Latin-1, where a
 * page for people would show a guess or a mark. A byte order mark is a letter like any other there.
 */
export function commitText(bytes: Buffer, declared: string): string {
  const label = declared.trim().toLowerCase();
  if (LATIN1_LABELS.has(label)) return bytes.toString('latin1');
  if (label === 'utf-8' || label === 'utf8') return strictUtf8(bytes) ?? mendedUtf8(bytes);
  if (ASCII_LABELS.has(label)) return strictUtf8(bytes) ?? decodeText(bytes, declared).text;
  return decodeText(bytes, declared).text;
}

/** UTF-8 in which each byte that belongs to no character stands for one of Latin-1 (git's commit.c, verify_utf8). */
function mendedUtf8(bytes: Buffer): string {
  const mended = Buffer.allocUnsafe(bytes.length * 2);
  let end = 0;
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes, at);
    const byte = bytes[at] ?? 0;
    if (length > 0) end += bytes.copy(mended, end, at, at + length);
    else {
      mended[end++] = 0xc0 | (byte >> 6);
      mended[end++] = 0x80 | (byte & 0x3f);
    }
    at += Math.max(length, 1);
  }
  return mended.toString('utf8', 0, end);
}

/** Bytes of the UTF-8 character here (RFC 3629 §4); 0 where there is none. By hand: a decoder for each would take microseconds. */
function characterLength(bytes: Buffer, at: number): number {
  const [first = 0, second = 0] = [bytes[at], bytes[at + 1]];
  if (first < 0x80) return 1;
  const length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  for (let more = 1; more < length; more++) if (((bytes[at + more] ?? 0) & 0xc0) !== 0x80) return 0;
  const overlong = (first === 0xe0 && second < 0xa0) || (first === 0xf0 && second < 0x90);
  const noCharacter = (first === 0xed && second > 0x9f) || (first === 0xf4 && second > 0x8f);
  return overlong || noCharacter ? 0 : length;
}

function guess(bytes: Buffer, what: string, tell: boolean): DecodedText {
  const text = strictUtf8(bytes);
  if (text !== null) return { text: dropBom(text), charset: 'utf-8', oddity: tell ? `${what}, read as utf-8` : null };
  const latin = new TextDecoder('windows-1252').decode(bytes);
  return { text: latin, charset: 'windows-1252', oddity: `${what} but not utf-8, read as windows-1252` };
}

/** The text where the bytes are valid UTF-8, else null. */
export function strictUtf8(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function decoderOf(label: string): InstanceType<typeof TextDecoder> | null {
  try {
    return new TextDecoder(label);
  } catch {
    return null;
  }
}

function dropBom(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

/** A hostile label inside our own words: short and without control characters. */
function printable(label: string): string {
  return label.slice(0, 40).replace(/[^\x20-\x7e]/g, '?');
}
