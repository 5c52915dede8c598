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

/** Characters of a mail that are searched in. */
const MOST_OF_MAIL = 200_000;

/** What a mail says in its own words, as it is searched in: without lines that it quotes. @param content its text, of a patch without the diff */
export function mailWords(content: string): string {
  return cut(searchWords(content.slice(0, MOST_OF_MAIL).replaceAll(/^[ \t]*>.*$/gm, ''), MOST_OF_MAIL)).trim();
}

/** The words of a subject, as the index of mails has them. */
export function subjectWords(subject: string): string {
  return cut(searchWords(subject)).trim();
}

/** Words that are asked for one after the other, as the index of mails has them. */
export function phraseWords(text: string): readonly string[] {
  const words = cut(searchWords(text, text.length)).trim();
  return words === '' ? [] : words.split(' ');
}

/** What is longer than any word is known by its beginning: an engine refuses it. */
function cut(words: string): string {
  return words.replaceAll(/(\S{200})\S+/gu, '$1');
}

/** A text as a pattern of `like` with `escape '\'`, where it may stand anywhere. */
export function anywhere(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}
