import type { Workshop } from './applied.ts';
import type { FilePatch } from './engine/file-patch.ts';
import type { Hunk } from './engine/hunk.ts';
import { shown } from './engine/paths.ts';
import { EngineRun, readPatch } from './engine-run.ts';
import { commitsOn, lastCommitWith } from './history.ts';
import type { Base, ConflictPlace, MirrorRequest } from './mirror.ts';

/** Lines that are shown at most, and how far from its number a hunk's place is looked for. */
const MOST_LINES = 40;
const FARTHEST = 400;

/** Where a series stopped fitting: the file as it is there, and the hunk. */
interface Spot {
  readonly file: FilePatch;
  readonly hunk: Hunk;
  readonly number: number;
  readonly text: string;
}

/**
 * What a hunk that does not fit expects, what is there instead, and who touched those lines since its author's version.
 * Null where the file as a whole does not fit, or where only git can tell.
 */
export async function explainConflict(
  shop: Workshop,
  request: MirrorRequest,
  base: Base,
): Promise<ConflictPlace | null> {
  const spot = await findSpot(shop, request, base);
  if (spot === null) return null;
  const { file, hunk, number, text } = spot;
  const lines = text.split('\n');
  const expected = hunk.pre.split('\n').slice(0, hunk.preLines);
  const first = bestPlace(lines, expected.slice(0, MOST_LINES), Math.max(0, hunk.newStart - 1));
  const path = shown(file.from ?? '');
  const blob = file.oldId === null ? null : await shop.objects.findBlob(file.oldId);
  const since = blob === null ? null : await lastCommitWith(shop.repository, base.commit, path, blob.id);
  const range = { since, tip: base.commit };
  const place = { first: first + 1, last: Math.min(lines.length, first + expected.length) };
  return {
    hunk: number + 1,
    expected: expected.slice(0, MOST_LINES).map(shown),
    there: lines.slice(first, first + Math.min(expected.length, MOST_LINES)).map(shown),
    firstLine: first + 1,
    commits: place.last < place.first ? [] : await commitsOn(shop.repository, range, path, place),
    fits: null,
  };
}

async function findSpot(shop: Workshop, request: MirrorRequest, base: Base): Promise<Spot | null> {
  const tree = (await shop.objects.commit(base.commit))?.tree;
  if (tree === undefined) return null;
  const read = request.patches.map((patch) => readPatch(patch, shop.git.strip ?? 1));
  const run = await EngineRun.start(shop.objects, tree, read, '');
  for (const one of read) {
    const outcome = one.kind === 'read' ? run.apply(one.files) : one;
    if (one.kind !== 'read' || outcome.kind === 'declined' || outcome.kind === 'refused') return null;
    if (outcome.kind !== 'misfit') continue;
    const { misfit } = outcome;
    const file = one.files.find(({ from }) => from === misfit.file);
    const hunk = file?.hunks[misfit.hunk];
    const entry = run.tree.file(misfit.file);
    if (file === undefined || hunk === undefined || entry === null) return null;
    return { file, hunk, number: misfit.hunk, text: run.tree.contents(entry.id) };
  }
  return null;
}

/** The line, from 0, where most of the expected lines stand; the nearest one of several. */
function bestPlace(lines: readonly string[], expected: readonly string[], nominal: number): number {
  let best = { line: Math.min(nominal, Math.max(0, lines.length - expected.length)), same: 0 };
  for (let distance = 0; distance <= FARTHEST; distance++)
    for (const line of distance === 0 ? [nominal] : [nominal + distance, nominal - distance]) {
      if (line < 0 || line > lines.length) continue;
      const same = expected.filter((text, at) => text !== '' && lines[line + at] === text).length;
      if (same > best.same) best = { line, same };
    }
  return best.line;
}
