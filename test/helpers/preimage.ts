/**
 * Files on which a series applies, made from its own diffs: what the hunks show stands where they say, the rest is filler.
 * It stands in for a real tree where the tree is too large for a test.
 */
export function preimageOf(diffs: readonly string[]): Record<string, string> {
  const files = new Map<string, Map<number, string>>();
  // Backwards: what a later patch shows of a file is pulled back through the patches before it.
  for (const diff of diffs.toReversed()) {
    for (const { path, hunks } of filesOf(diff)) files.set(path, reverse(files.get(path) ?? new Map(), hunks));
  }
  return Object.fromEntries([...files].map(([path, lines]) => [path, filled(path, lines)]));
}

interface Hunk {
  readonly oldStart: number;
  readonly newStart: number;
  readonly lines: readonly string[];
}

function filesOf(diff: string): { path: string; hunks: Hunk[] }[] {
  const files: { path: string; hunks: Hunk[] }[] = [];
  let hunk: { oldStart: number; newStart: number; lines: string[] } | null = null;
  for (const line of diff.split('\n')) {
    const name = /^\+\+\+ b\/(\S+)/.exec(line)?.[1];
    const range = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(line);
    if (line.startsWith('diff --git')) hunk = null;
    else if (name !== undefined) files.push({ path: name, hunks: [] });
    else if (range)
      files.at(-1)?.hunks.push((hunk = { oldStart: Number(range[1]), newStart: Number(range[2]), lines: [] }));
    else if (/^[ +-]/.test(line)) hunk?.lines.push(line);
  }
  return files;
}

/** The known lines before the hunks, from those after them. Line numbers start at 1. */
function reverse(after: ReadonlyMap<number, string>, hunks: readonly Hunk[]): Map<number, string> {
  const before = new Map<number, string>();
  const sizes = hunks.map((hunk) => ({
    hunk,
    added: count(hunk, '+'),
    removed: count(hunk, '-'),
    shown: count(hunk, ' '),
  }));
  for (const [number, text] of after) {
    const earlier = sizes.filter(({ hunk, added, shown }) => hunk.newStart + added + shown <= number);
    const shift = earlier.reduce((sum, { added, removed }) => sum + removed - added, 0);
    const inside = sizes.some(
      ({ hunk, added, shown }) => number >= hunk.newStart && number < hunk.newStart + added + shown,
    );
    if (!inside) before.set(number + shift, text);
  }
  for (const { oldStart, lines } of hunks) {
    const old = lines.filter((line) => !line.startsWith('+'));
    for (const [at, line] of old.entries()) before.set(oldStart + at, line.slice(1));
  }
  return before;
}

function count(hunk: Hunk, sign: string): number {
  return hunk.lines.filter((line) => line.startsWith(sign)).length;
}

function filled(path: string, lines: ReadonlyMap<number, string>): string {
  // A few lines more than are known: a hunk without context at its end would have to match at the end of the file.
  const length = Math.max(...lines.keys()) + 5;
  return Array.from({ length }, (_, at) => `${lines.get(at + 1) ?? `${path}: line ${at + 1}`}\n`).join('');
}
