/** Longest subject that is kept to be searched in. */
const MOST = 500;

/** A text as it is searched in: its words in lower case between single blanks, with one at both ends. @param most characters of it */
export function searchWords(text: string, most: number = MOST): string {
  const words = text
    .slice(0, most)
    .normalize('NFKC')
    .toLowerCase()
    .match(/[\p{L}\p{N}_]+/gu);
  return ` ${(words ?? []).join(' ')} `;
}

/** A text as a pattern of `like` with `escape '\'`, where it may stand anywhere. */
export function anywhere(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}
