/** The first line of a hunk, `@@ -1,9 +1,7 @@ section` (git's diff.c). */
export interface HunkHeading {
  /** Line numbers of the first line, from 1; 0 for a side without lines. */
  readonly oldStart: number;
  readonly newStart: number;
  /** Lines of each side in the hunk: 1 where the heading does not say. */
  readonly oldLines: number;
  readonly newLines: number;
  /** What stands behind it: the function that the hunk is in, with the blank before it. */
  readonly section: string;
}

const HEADING = /^@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@/;

/** Reads a line as the first one of a hunk; null where it is none. */
export function hunkHeading(line: string): HunkHeading | null {
  if (!line.startsWith('@@ -')) return null;
  const [whole, oldStart, oldLines = 1, newStart, newLines = 1] = HEADING.exec(line) ?? [];
  if (whole === undefined) return null;
  return {
    oldStart: Number(oldStart),
    newStart: Number(newStart),
    oldLines: Number(oldLines),
    newLines: Number(newLines),
    section: line.slice(whole.length),
  };
}
