/** A stretch of the old lines that became a stretch of the new ones. Numbers from 0, `end` not included. */
export interface Change {
  readonly oldStart: number;
  readonly oldEnd: number;
  readonly newStart: number;
  readonly newEnd: number;
}

/** Beyond this many differing lines the middle is told as one change: hostile text would cost the square of it. */
const MOST_EDITS = 2000;

/**
 * The changes that make `fresh` of `old`, as few lines as possible (E. Myers, "An O(ND) difference algorithm", 1986), each as far
 * down as it can be, as git shows them.
 */
export function changesBetween(old: readonly string[], fresh: readonly string[]): Change[] {
  let start = 0;
  while (start < old.length && start < fresh.length && old[start] === fresh[start]) start++;
  let [oldEnd, newEnd] = [old.length, fresh.length];
  while (oldEnd > start && newEnd > start && old[oldEnd - 1] === fresh[newEnd - 1]) {
    oldEnd--;
    newEnd--;
  }
  if (oldEnd === start && newEnd === start) return [];
  const marks = markLines(numbered(old, fresh), { start, oldEnd, newEnd }, old.length, fresh.length);
  slideDown(old, marks.removed);
  slideDown(fresh, marks.added);
  return gather(marks.removed, marks.added);
}

/** Lines as numbers: those compare faster. */
function numbered(old: readonly string[], fresh: readonly string[]): { old: Int32Array; fresh: Int32Array } {
  const ids = new Map<string, number>();
  const idOf = (line: string): number => {
    const id = ids.get(line) ?? ids.size;
    ids.set(line, id);
    return id;
  };
  return { old: Int32Array.from(old, idOf), fresh: Int32Array.from(fresh, idOf) };
}

interface Marks {
  readonly removed: Uint8Array;
  readonly added: Uint8Array;
}

function markLines(
  text: { readonly old: Int32Array; readonly fresh: Int32Array },
  middle: { readonly start: number; readonly oldEnd: number; readonly newEnd: number },
  oldLength: number,
  newLength: number,
): Marks {
  const { start, oldEnd, newEnd } = middle;
  const marks = { removed: new Uint8Array(oldLength), added: new Uint8Array(newLength) };
  const a = text.old.subarray(start, oldEnd);
  const b = text.fresh.subarray(start, newEnd);
  const trace = searchForward(a, b);
  if (trace === null) {
    marks.removed.fill(1, start, oldEnd);
    marks.added.fill(1, start, newEnd);
    return marks;
  }
  let [x, y] = [a.length, b.length];
  for (let edits = trace.length - 1; edits > 0; edits--) {
    const before = trace[edits - 1] ?? new Int32Array(0);
    const diagonal = x - y;
    const down = diagonal === -edits || (diagonal !== edits && at(before, diagonal - 1) < at(before, diagonal + 1));
    const from = down ? diagonal + 1 : diagonal - 1;
    const fromX = at(before, from);
    const fromY = fromX - from;
    if (down) marks.added[start + fromY] = 1;
    else marks.removed[start + fromX] = 1;
    [x, y] = [fromX, fromY];
  }
  return marks;
}

/** Farthest points of each diagonal after 0, 1, 2 … edits; null past the limit. */
function searchForward(a: Int32Array, b: Int32Array): Int32Array[] | null {
  const trace: Int32Array[] = [];
  for (let edits = 0; edits <= Math.min(MOST_EDITS, a.length + b.length); edits++) {
    const before = trace.at(-1);
    const points = new Int32Array(2 * edits + 3);
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = 0;
      if (before !== undefined) {
        const down = diagonal === -edits || (diagonal !== edits && at(before, diagonal - 1) < at(before, diagonal + 1));
        x = down ? at(before, diagonal + 1) : at(before, diagonal - 1) + 1;
      }
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x++;
      points[diagonal + edits + 1] = x;
      if (x >= a.length && x - diagonal >= b.length) return [...trace, points];
    }
    trace.push(points);
  }
  return null;
}

/** The point of a diagonal in a row of `2 * edits + 3`. */
function at(points: Int32Array, diagonal: number): number {
  return points[diagonal + (points.length - 1) / 2] ?? -1;
}

/** Moves each marked run down while the line behind it is the same as its first one, joining runs that meet. */
function slideDown(lines: readonly string[], marked: Uint8Array): void {
  for (let start = 0; start < marked.length; start++) {
    if (marked[start] === 0) continue;
    let end = start;
    while (marked[end] === 1) end++;
    while (end < marked.length && lines[start] === lines[end]) {
      marked[start++] = 0;
      marked[end++] = 1;
      while (marked[end] === 1) end++;
    }
    start = end;
  }
}

function gather(removed: Uint8Array, added: Uint8Array): Change[] {
  const changes: Change[] = [];
  let [oldAt, newAt] = [0, 0];
  while (oldAt < removed.length || newAt < added.length) {
    const [oldStart, newStart] = [oldAt, newAt];
    while (removed[oldAt] === 1) oldAt++;
    while (added[newAt] === 1) newAt++;
    if (oldAt > oldStart || newAt > newStart) changes.push({ oldStart, oldEnd: oldAt, newStart, newEnd: newAt });
    else {
      oldAt++;
      newAt++;
    }
  }
  return changes;
}
