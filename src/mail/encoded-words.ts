import { commitText } from './charset.ts';

/** `=?charset?q?text?=`; the language behind a star is for those who read aloud (RFC 2231 §5). */
const WORD = /=\?([^?*\s]{1,40})(?:\*[^?\s]{0,20})?\?([bq])\?(.{0,1000}?)\?=/gis;
/** Blanks between two of them are there for the length of lines alone. */
const BETWEEN = /^[ \t\r\n]*$/;

/** A piece of a header's text: plain, or the bytes of one charset; some mail programs cut a letter in two, so neighbours are one. */
interface Piece {
  readonly charset: string | null;
  readonly parts: readonly Buffer[];
  readonly plain: string;
}

/**
 * Undoes encoded words (RFC 2047) as `git mailinfo` does: what stands between two of them goes where it is blank, blanks in a word are text,
 * and a byte order mark is a letter like any other. What is no such word stays as it is.
 */
export function decodeWords(text: string): string {
  const pieces: Piece[] = [];
  let end = 0;
  for (const { 0: whole, 1: label = '', 2: coding = '', 3: word = '', index } of text.matchAll(WORD)) {
    const between = text.slice(end, index);
    if (pieces.length === 0 || !BETWEEN.test(between)) pieces.push({ charset: null, parts: [], plain: between });
    const charset = label.toLowerCase();
    const last = pieces.at(-1);
    const joined = last?.charset === charset ? pieces.splice(-1) : [];
    pieces.push({ charset, parts: [...joined.flatMap(({ parts }) => parts), bytesOf(coding, word)], plain: '' });
    end = index + whole.length;
  }
  return pieces.map(textOf).join('') + text.slice(end);
}

function textOf({ charset, parts, plain }: Piece): string {
  return charset === null ? plain : commitText(Buffer.concat(parts), charset);
}

function bytesOf(coding: string, text: string): Buffer {
  if (coding.toUpperCase() === 'B') return Buffer.from(text, 'base64');
  const bytes = text
    .replaceAll('_', ' ')
    .replaceAll(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1');
}
