import type { MirrorPatch } from '../mirror.ts';
import { changesBetween } from './myers.ts';
import { pairPatches } from './pairs.ts';
import { type PatchText, patchText } from './patch-text.ts';
import { groupsOf, linesOf } from './unified.ts';

/** One patch in two versions. */
export interface PatchPair {
  /** Numbers from 1; null: not in that version. */
  readonly old: number | null;
  readonly fresh: number | null;
  /** git's marks: equal, changed, dropped, new. */
  readonly mark: '=' | '!' | '<' | '>';
  readonly title: string;
  /** The difference of the two patches, in git's form, without its indentation; empty unless changed. */
  readonly lines: readonly string[];
}

/** git cuts headings of hunks there, in bytes. */
const LONGEST_HEADING = 80;

/** More patches than this are not compared: the work grows with the cube of their number. */
const MOST_PATCHES = 300;

/**
 * How two versions of a series differ, patch by patch, in the order and the form of `git range-diff`; from the patches' text alone.
 * Which lines of several equal ones are told as changed may differ from git's choice.
 * @returns null where there are too many patches to compare
 */
export function rangeDiff(old: readonly MirrorPatch[], fresh: readonly MirrorPatch[]): readonly PatchPair[] | null {
  if (old.length + fresh.length > MOST_PATCHES) return null;
  const [before, after] = [old.map(patchText), fresh.map(patchText)];
  const pairs = pairPatches(before, after);
  const shown = new Set<number>();
  const result: PatchPair[] = [];
  const dropped = (at: number) =>
    result.push({ old: at + 1, fresh: null, mark: '<', title: before[at]?.title ?? '', lines: [] });
  let oldAt = 0;
  const passOld = () => {
    for (; oldAt < before.length && (shown.has(oldAt) || !pairs.includes(oldAt)); oldAt++)
      if (!shown.has(oldAt)) dropped(oldAt);
  };
  for (const [at, patch] of after.entries()) {
    passOld();
    const from = pairs[at] ?? -1;
    const partner = before[from];
    if (partner === undefined) result.push({ old: null, fresh: at + 1, mark: '>', title: patch.title, lines: [] });
    else {
      const lines = patchDifference(partner, patch);
      const mark = partner.lines.join('\n') === patch.lines.join('\n') ? '=' : '!';
      result.push({ old: from + 1, fresh: at + 1, mark, title: patch.title, lines });
      shown.add(from);
    }
  }
  passOld();
  return result;
}

/** `git range-diff`'s output. `ids` gives the id that is shown for a patch of either version. */
export function renderRangeDiff(
  pairs: readonly PatchPair[],
  ids: { readonly old: (index: number) => string; readonly fresh: (index: number) => string },
): string {
  const width = String(1 + Math.max(0, ...pairs.flatMap(({ old, fresh }) => [old ?? 0, fresh ?? 0]))).length;
  const side = (index: number | null, idOf: (index: number) => string, other: string) =>
    index === null
      ? `${'-'.padStart(width)}:  ${'-'.repeat(other.length)}`
      : `${String(index).padStart(width)}:  ${idOf(index)}`;
  return pairs
    .map(({ old, fresh, mark, title, lines }) => {
      const left = side(old, ids.old, fresh === null ? '' : ids.fresh(fresh));
      const right = side(fresh, ids.fresh, old === null ? '' : ids.old(old));
      return [`${left} ${mark} ${right} ${title}`, ...lines.map((line) => `    ${line}`)]
        .map((line) => `${line}\n`)
        .join('');
    })
    .join('');
}

/** The difference of one patch in two versions: what an interdiff is read for. */
function patchDifference(old: PatchText, fresh: PatchText): string[] {
  const groups = groupsOf(changesBetween(old.lines, fresh.lines), old.lines.length);
  return groups.flatMap((group) => {
    const heading = headingBefore(old.lines, group.oldStart);
    return [`@@${heading === '' ? '' : ` ${heading}`}`, ...linesOf(group, old.lines, fresh.lines)];
  });
}

/** The section or hunk that a line of a patch stands in. */
function headingBefore(lines: readonly string[], at: number): string {
  for (let line = at - 1; line >= 0; line--) {
    const [, section, hunk] = /^ ## (.*) ##$|^.?@@ (.*)$/.exec(lines[line] ?? '') ?? [];
    const heading = section ?? hunk;
    if (heading !== undefined) return Buffer.from(heading).subarray(0, LONGEST_HEADING).toString('utf8').trimEnd();
  }
  return '';
}
