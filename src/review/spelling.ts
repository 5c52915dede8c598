const LONGEST = 40;

/** Insertions, deletions, replacements and swaps of neighbours that make one word of the other (optimal string alignment). */
function slips(one: string, other: string): number {
  const rows = [Array.from({ length: other.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const same = one[i - 1] === other[j - 1];
      const above = rows[i - 1] ?? [];
      let cost = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) {
        cost = Math.min(cost, (rows[i - 2]?.[j - 2] ?? 0) + 1);
      }
      row.push(cost);
    }
    rows.push(row);
  }
  return rows[one.length]?.[other.length] ?? LONGEST;
}

/**
 * The one of `words` that `word` is misspelt of: at most two slips away, one in words under ten letters, and the only one so near. Null where
 * there is none.
 */
export function nearestWord(word: string, words: readonly string[]): string | null {
  if (word.length > LONGEST) return null;
  const allowed = word.length < 10 ? 1 : 2;
  const near = words
    .filter((other) => other[0] === word[0] && Math.abs(other.length - word.length) <= allowed)
    .map((other) => ({ other, distance: slips(word, other) }))
    .filter(({ distance }) => distance <= allowed)
    .sort((a, b) => a.distance - b.distance);
  const [best, next] = near;
  return best === undefined || best.distance === next?.distance ? null : best.other;
}
