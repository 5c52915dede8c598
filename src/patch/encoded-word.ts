import { decodeText } from '../mail/charset.ts';

function decodeWord(charset: string, coding: string, text: string): string {
  if (coding.toUpperCase() === 'B') return decodeText(Buffer.from(text, 'base64'), charset).text;
  const bytes = text
    .replaceAll('_', ' ')
    .replaceAll(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return decodeText(Buffer.from(bytes, 'latin1'), charset).text;
}

/** Undoes encoded words (RFC 2047), as they stand in a `From:` line that was written into the body. */
export function decodeWords(text: string): string {
  return text
    .replaceAll(/(\?=)\s{1,20}(?==\?)/g, '$1')
    .replaceAll(
      /=\?([^?\s*]{1,40})(?:\*[^?\s]{0,20})?\?([bq])\?([^?\s]{0,500})\?=/gi,
      (_, charset: string, coding: string, word: string) => decodeWord(charset, coding, word),
    );
}
