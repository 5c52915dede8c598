/** Columns of `series_search` that are looked into by words. */
export const SEARCH_FIELDS = ['words', 'author', 'reviewer', 'path', 'waiting', 'asked'] as const;

export type SearchField = (typeof SEARCH_FIELDS)[number];

/** Longest text of one field, in characters: a treewide series names thousands of files. */
const MOST = 20_000;

/**
 * Words as both engines split them: letters and digits in lower case without accents, a blank between them. Text is kept in this form and asked
 * for in this form, so that it does not matter how each engine would read a path or an address.
 */
export function searchWords(text: string): string {
  return text
    .slice(0, MOST)
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
