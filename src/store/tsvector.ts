/** Limits of PostgreSQL's `tsvector` are 16,383 places, and 255 of one word. */
const MOST_WORDS = 16_000;
const MOST_OF_ONE = 250;

/** Most words that may be asked for one after the other: what stands at the end of a part stands in the next one, too. */
export const LONGEST_PHRASE = 60;

/** One piece of a long text. */
export interface VectorPart {
  /** Which one, from 0. */
  readonly part: number;
  /** Its words and their places, as PostgreSQL reads a `tsvector`. */
  readonly words: string;
}

/** Words (letters, digits and `_` between single blanks) as vectors that leave out nothing; one that is empty for none. */
export function vectorParts(text: string): readonly VectorPart[] {
  const words = text
    .trim()
    .split(' ')
    .filter((word) => word !== '');
  const parts: VectorPart[] = [];
  for (let start = 0; ; ) {
    const end = endOf(words, start);
    parts.push({ part: parts.length, words: vectorOf(words.slice(start, end)) });
    if (end === words.length) return parts;
    start = end - LONGEST_PHRASE;
  }
}

function endOf(words: readonly string[], start: number): number {
  const counts = new Map<string, number>();
  for (let at = start; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const count = (counts.get(word) ?? 0) + 1;
    if (count > MOST_OF_ONE || at - start >= MOST_WORDS) return at;
    counts.set(word, count);
  }
  return words.length;
}

function vectorOf(words: readonly string[]): string {
  const places = Map.groupBy(words.keys(), (at) => words[at] ?? '');
  return [...places].map(([word, all]) => `'${word}':${all.map((at) => at + 1).join(',')}`).join(' ');
}
