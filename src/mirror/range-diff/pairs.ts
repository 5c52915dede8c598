import { assign } from './assignment.ts';
import { changesBetween } from './myers.ts';
import type { PatchText } from './patch-text.ts';
import { sizeOf } from './unified.ts';

/** git's creation factor: a pair whose difference is larger than this part of a patch counts as one dropped and one new. */
const CREATION_PERCENT = 60;

const NEVER = 65536;

/**
 * Which patch of one version is which of the other: equal diffs first, then the pairs that differ least (git's range-diff.c).
 * @returns for each new patch the number of the old one, or -1
 */
export function pairPatches(old: readonly PatchText[], fresh: readonly PatchText[]): number[] {
  const pairs = exactPairs(old, fresh);
  const oldLeft = old.flatMap((_, at) => (pairs.includes(at) ? [] : [at]));
  const newLeft = fresh.flatMap((_, at) => (pairs[at] === -1 ? [at] : []));
  const size = oldLeft.length + newLeft.length;
  if (oldLeft.length === 0 || newLeft.length === 0) return pairs;
  const cost = Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (__, column) => costOf(old[oldLeft[row] ?? -1], fresh[newLeft[column] ?? -1])),
  );
  for (const [row, column] of assign(cost).entries()) {
    const [from, to] = [oldLeft[row], newLeft[column]];
    if (from !== undefined && to !== undefined && (cost[row]?.[column] ?? NEVER) < NEVER) pairs[to] = from;
  }
  return pairs;
}

function exactPairs(old: readonly PatchText[], fresh: readonly PatchText[]): number[] {
  const known = new Map<string, number[]>();
  for (const [at, patch] of old.entries()) {
    const diff = diffOf(patch).join('\n');
    known.set(diff, [...(known.get(diff) ?? []), at]);
  }
  return fresh.map((patch) => known.get(diffOf(patch).join('\n'))?.shift() ?? -1);
}

/** Rows and columns behind the patches stand for "dropped" and "new". */
function costOf(old: PatchText | undefined, fresh: PatchText | undefined): number {
  if (old === undefined && fresh === undefined) return 0;
  const one = old ?? fresh;
  if (one !== undefined && (old === undefined || fresh === undefined))
    return Math.floor((sizeOfDiff(one) * CREATION_PERCENT) / 100);
  if (old === undefined || fresh === undefined) return NEVER;
  const [before, after] = [diffOf(old), diffOf(fresh)];
  return Math.min(NEVER - 1, sizeOf(changesBetween(before, after), before.length));
}

function diffOf(patch: PatchText): readonly string[] {
  return patch.lines.slice(patch.diffAt);
}

/** The blank lines between files do not count. */
function sizeOfDiff(patch: PatchText): number {
  return diffOf(patch).filter((line) => line !== '').length;
}
