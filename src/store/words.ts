/** Longest text that is kept to be searched in. */
const MOST = 500;

/** A text as it is searched in: its words in lower case between single blanks, with one at both ends. */
export function searchWords(text: string): string {
  const words = text.slice(0, MOST).normalize('NFKC').toLowerCase().match(/[\p{L}\p{N}_]+/gu);
  return ` ${(words ?? []).join(' ')} `;
}

/** A text as a pattern of `like` with `escape '\'`, where it may stand anywhere. */
export function anywhere(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}
