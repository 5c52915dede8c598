import type { Job } from './run.ts';

/** The jobs for a series that touches `paths`: those without globs, and those of which one glob matches one path. */
export function planOf(jobs: readonly Job[], paths: readonly string[]): Job[] {
  return jobs.filter(
    (job) => job.paths.length === 0 || job.paths.some((glob) => paths.some((path) => matchesGlob(path, glob))),
  );
}

/**
 * `*` and `?` stand for characters within one folder, `**` for any number of folders, a final `/` for all below it (as in F: lines of MAINTAINERS).
 * Names that begin with a dot are names like others. The time is at most length of path times length of glob, because paths come from mail.
 */
export function matchesGlob(path: string, glob: string): boolean {
  const folders = (glob.endsWith('/') ? `${glob}**` : glob).split('/');
  const matches = (pattern: string, name: string) =>
    matchesSequence(Array.from(pattern), Array.from(name), '*', (p, c) => p === '?' || p === c);
  return matchesSequence(folders, path.split('/'), '**', matches);
}

/** Wildcard matching with one point to go back to: the last `any` seen. An earlier one never needs to be tried again. */
function matchesSequence(
  pattern: readonly string[],
  items: readonly string[],
  any: string,
  same: (pattern: string, item: string) => boolean,
): boolean {
  let p = 0;
  let i = 0;
  let back: { p: number; i: number } | null = null;
  while (i < items.length) {
    const wanted = pattern[p];
    if (wanted === any) {
      back = { p, i };
      p++;
    } else if (wanted !== undefined && same(wanted, items[i] ?? '')) {
      p++;
      i++;
    } else if (back !== null) {
      back = { p: back.p, i: back.i + 1 };
      ({ i } = back);
      p = back.p + 1;
    } else return false;
  }
  return pattern.slice(p).every((rest) => rest === any);
}
