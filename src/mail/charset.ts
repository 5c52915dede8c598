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
