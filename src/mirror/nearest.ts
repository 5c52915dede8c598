import type { Workshop } from './applied.ts';
import { checkOn } from './check-on.ts';
import { shown } from './engine/paths.ts';
import { type ReadPatch, readPatch } from './engine-run.ts';
import { lastCommitWith } from './history.ts';
import type { Base, MirrorRequest } from './mirror.ts';

/** First parents that are tried, one by one. */
const MOST_STEPS = 200;

/**
 * The newest commit of a branch on which a series applies as it is: each of the last commits is tried, then the place where the
 * first file last was as the series' index lines say.
 * @param tip where the branch stands; it is tried, too
 */
export async function nearestBase(shop: Workshop, request: MirrorRequest, tip: Base): Promise<Base | null> {
  const read = request.patches.map((patch) => readPatch(patch, shop.git.strip ?? 1));
  if (read.some(({ kind }) => kind !== 'read')) return null;
  const applies = async (commit: string) => (await checkOn(shop, read, { ...tip, commit })).state === 'applied';
  const baseOn = (commit: string): Base => ({ rule: 'nearest', name: tip.name, commit });
  let id: string | undefined = tip.commit;
  for (let step = 0; step < MOST_STEPS && id !== undefined; step++) {
    if (await applies(id)) return baseOn(id);
    id = (await shop.objects.commit(id))?.parents[0];
  }
  const commit = await commitOfAuthor(shop, read, tip.commit);
  return commit !== null && (await applies(commit)) ? baseOn(commit) : null;
}

async function commitOfAuthor(shop: Workshop, read: readonly ReadPatch[], tip: string): Promise<string | null> {
  const [first] = read;
  const file =
    first?.kind === 'read' ? first.files.find(({ from, oldId }) => from !== null && oldId !== null) : undefined;
  const blob = file?.oldId ? await shop.objects.findBlob(file.oldId) : null;
  if (!file?.from || blob === null) return null;
  return lastCommitWith(shop.repository, tip, shown(file.from), blob.id);
}
