import type { Workshop } from './applied.ts';
import { EngineRun, readPatch } from './engine-run.ts';
import type { Base, MirrorRequest } from './mirror.ts';

/** Files that are looked at; one that is known is enough. */
const MOST_FILES = 200;

/**
 * Whether a series that does not apply seems to be for another repository, as patches that are sent to several lists are: no file that it
 * changes is in the tree of the base, and no version of one that its `index` lines name was ever here. Where a file has no such line nobody
 * can know, and the answer is no.
 */
export async function isElsewhere({ objects, git }: Workshop, request: MirrorRequest, base: Base): Promise<boolean> {
  const read = request.patches.map((patch) => readPatch(patch, git.strip ?? 1));
  const changed = read.flatMap((one) => (one.kind === 'read' ? one.files.filter(({ from }) => from !== null) : []));
  const tree = (await objects.commit(base.commit))?.tree;
  if (tree === undefined || changed.length === 0 || read.some(({ kind }) => kind !== 'read')) return false;
  if (changed.some(({ oldId }) => oldId === null)) return false;
  const run = await EngineRun.start(objects, tree, read, '');
  if (changed.some(({ from }) => from !== null && run.tree.file(from) !== null)) return false;
  for (const { oldId } of changed.slice(0, MOST_FILES))
    if (oldId !== null && (await objects.findBlob(oldId)) !== null) return false;
  return true;
}
