const MAX_TEXT = 20_000;
const MAX_SENTENCE = 300;

/** The sentences of somebody's own words, blanks folded; those that are longer than a person's are left out. */
export function sentencesOf(ownText: string): string[] {
  return ownText
    .slice(0, MAX_TEXT)
    .split(/(?<=[.!?])\s|\n\n/)
    .map((part) => part.replaceAll(/\s+/g, ' ').trim())
    .filter((sentence) => sentence !== '' && sentence.length <= MAX_SENTENCE);
}
