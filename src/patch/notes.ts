/** Lines that git writes there itself: `path | 3 ++-`, the sum below them, and what became of files (git-diff(1), --stat and --summary). */
const STATISTICS =
  /^ (?:\S.{0,1000}\| +(?:\d{1,9}(?: [+-]{1,1000})?|Bin .{0,200})|\d{1,9} files? changed.{0,100}|(?:create|delete) mode \d{6} .{1,1000}|mode change \d{6} .{1,1000}|(?:rename|copy|rewrite) .{1,1000}\(\d{1,3}%\))\r?$/;

/**
 * What an author says below `---`, where `git am` drops it: a changelog, questions, what it depends on. Without git's own statistics,
 * and without empty lines at the ends.
 * @param lines from the one that ends the message up to the diff
 */
export function notesIn(lines: readonly string[]): readonly string[] {
  const kept = lines.filter((line) => !/^---\s*$/.test(line) && !STATISTICS.test(line)).map((line) => line.trimEnd());
  const first = kept.findIndex((line) => line !== '');
  const last = kept.findLastIndex((line) => line !== '');
  const inside = first < 0 ? [] : kept.slice(first, last + 1);
  // Where statistics stood between two paragraphs one empty line is left of two.
  return inside.filter((line, at) => line !== '' || inside[at - 1] !== '');
}
