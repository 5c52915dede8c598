import { readDiff } from '../engine/diff.ts';
import type { FilePatch } from '../engine/file-patch.ts';
import type { Hunk } from '../engine/hunk.ts';
import { Declined, Refused } from '../engine/outcome.ts';
import { changesBetween } from './myers.ts';
import { groupsOf, linesOf } from './unified.ts';

/** What a file is after one revision of a patch and after the other, as far as the patches show it. */
export interface FileInterdiff {
  readonly path: string;
  /** A unified diff without line numbers: `@@`, then lines with their marks. Unicode. */
  readonly lines: readonly string[];
}

/** More hunks of one file than this are not matched: the work grows with the square of their number. */
const MOST_HUNKS = 400;

/**
 * How two revisions of one patch differ in what they leave, from their text alone: a file stands here as it is after the old one and
 * after the fresh one. A place that only one of them touches is for the other as that one has found it. Files that are the same are
 * left out.
 * @param strip folders that are taken off names
 * @returns null where one of the diffs cannot be read, or is too large
 */
export function interdiff(old: string, fresh: string, strip: number): readonly FileInterdiff[] | null {
  const [before, after] = [filesOf(old, strip), filesOf(fresh, strip)];
  if (before === null || after === null) return null;
  const result: FileInterdiff[] = [];
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    const [left, right] = [before.get(path)?.hunks ?? [], after.get(path)?.hunks ?? []];
    if (left.length > MOST_HUNKS || right.length > MOST_HUNKS) return null;
    const lines = matched(left, right).flatMap(([one, other]) => difference(one, other));
    if (lines.length > 0) result.push({ path: Buffer.from(path, 'latin1').toString('utf8'), lines });
  }
  return result;
}

function filesOf(diff: string, strip: number): ReadonlyMap<string, FilePatch> | null {
  try {
    return new Map(readDiff(diff, strip).map((file) => [file.to ?? file.from ?? '', file]));
  } catch (error) {
    if (error instanceof Declined || error instanceof Refused) return null;
    throw error;
  }
}

type Pair = readonly [Hunk | null, Hunk | null];

/** Hunks that show the same place, in order; the others alone. */
function matched(left: readonly Hunk[], right: readonly Hunk[]): Pair[] {
  const pairs: Pair[] = [];
  let from = 0;
  for (const one of left) {
    const at = right.findIndex((other, index) => index >= from && isSamePlace(one, other));
    if (at < 0) {
      pairs.push([one, null]);
      continue;
    }
    for (; from < at; from++) pairs.push([null, right[from] ?? null]);
    pairs.push([one, right[at] ?? null]);
    from = at + 1;
  }
  for (; from < right.length; from++) pairs.push([null, right[from] ?? null]);
  return pairs;
}

/** What both have found there has at least half of its lines in common, or both have found nothing. */
function isSamePlace(one: Hunk, other: Hunk): boolean {
  const [few, many] = [linesIn(one.pre), linesIn(other.pre)].toSorted((a, b) => a.length - b.length);
  const known = new Set(many);
  const common = few?.filter((line) => known.has(line)).length ?? 0;
  return common * 2 >= (few?.length ?? 0);
}

function difference(one: Hunk | null, other: Hunk | null): string[] {
  const [left, right] = sides(one, other);
  return groupsOf(changesBetween(left, right), left.length).flatMap((group) => ['@@', ...linesOf(group, left, right)]);
}

/** What both leave, as wide as the wider one shows it on either end. */
function sides(one: Hunk | null, other: Hunk | null): [string[], string[]] {
  if (one === null) return [linesIn(other?.pre ?? ''), linesIn(other?.post ?? '')];
  if (other === null) return [linesIn(one.post), linesIn(one.pre)];
  const [before, after] = [linesIn(one.pre), linesIn(other.pre)];
  const lead = startOf(after, before) - startOf(before, after);
  const tail = startOf(after.toReversed(), before.toReversed()) - startOf(before.toReversed(), after.toReversed());
  const left = [...after.slice(0, Math.max(0, lead)), ...linesIn(one.post), ...(tail > 0 ? after.slice(-tail) : [])];
  const right = [
    ...before.slice(0, Math.max(0, -lead)),
    ...linesIn(other.post),
    ...(tail < 0 ? before.slice(tail) : []),
  ];
  return [left, right];
}

/** Where the first line of `other` stands; 0 where it does not. */
function startOf(lines: readonly string[], other: readonly string[]): number {
  return Math.max(0, lines.indexOf(other[0] ?? ''));
}

function linesIn(text: string): string[] {
  const lines = Buffer.from(text, 'latin1').toString('utf8').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
