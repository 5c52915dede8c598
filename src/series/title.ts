/** A title for comparing: letters and digits of its words, lower case, one blank between. */
export function normalTitle(title: string): string {
  return (
    title
      .slice(0, 500)
      .toLowerCase()
      .match(/[\p{L}\p{N}_]+/gu) ?? []
  ).join(' ');
}

/** Share of common words (Dice), 0 to 1, of two normal titles. */
export function titleLikeness(one: string, other: string): number {
  const a = new Set(one.split(' '));
  const b = new Set(other.split(' '));
  let common = 0;
  for (const word of a) if (b.has(word)) common += 1;
  return (2 * common) / (a.size + b.size);
}

/** At most 40 letters, digits and dashes of a title; `change` where it has none. Safe in a file name, ref or URL. */
export function slugOf(title: string): string {
  const slug = title
    .slice(0, 500)
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 41)
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40);
  return slug === '' ? 'change' : slug;
}
