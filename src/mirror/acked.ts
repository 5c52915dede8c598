import { PatchloomError } from '../util/errors.ts';
import { applyPatches, readSeries } from './apply.ts';
import type { Workshop } from './applied.ts';
import type { Base, MirrorRequest } from './mirror.ts';
import { writeObjects } from './pack-file.ts';
import { PUBLIC } from './ref-names.ts';
import type { RefWriter } from './ref-writer.ts';

const MOST = 100;

/** A branch with the same work as a published one, and the tags that came later in its messages. */
export interface AckedRef {
  /** `…/v3-acked`, then `…/v3-acked-2` when more tags have come: no ref ever moves. */
  readonly ref: string;
  readonly tip: string;
  /** The commit after each patch, as `MirrorResult.commits`. */
  readonly commits: readonly string[];
}

/**
 * Makes the commits of a published series again, with the messages as they are now, and gives them a ref beside it.
 * @param ref the published ref, as `apply` gave it for this request and base
 * @returns null where the messages have not changed
 * @throws PatchloomError GIT_REF_MISSING where `ref` is none of ours, GIT_FAILED
 */
export async function ackedRef(
  shop: Workshop,
  writer: RefWriter,
  request: MirrorRequest,
  base: Base,
  ref: string,
): Promise<AckedRef | null> {
  const { repository, objects } = shop;
  const published = ref.startsWith(PUBLIC) ? await objects.ref(ref) : null;
  if (published === null)
    throw new PatchloomError('GIT_REF_MISSING', `${JSON.stringify(ref)} is not a ref that patchloom made`);
  const tree = (await objects.commit(base.commit))?.tree ?? '';
  const applied = await applyPatches(shop, base, await readSeries(shop, tree, request.patches));
  const tip = applied.commits.at(-1)?.commit;
  if (applied.state !== 'applied' || tip === undefined)
    throw new PatchloomError(
      'GIT_FAILED',
      `${request.msgid} applied on ${base.commit} before, and now: ${applied.reason}`,
    );
  if (tip === published) return null;
  const commits = applied.commits.map(({ commit }) => commit);
  for (let number = 1; number <= MOST; number++) {
    const name = `${ref}-acked${number > 1 ? `-${number}` : ''}`;
    const there = await objects.ref(name);
    if (there === tip) return { ref: name, tip, commits };
    if (there !== null) continue;
    await writeObjects(repository, applied.objects);
    const problem = await writer.create([{ name, commit: tip }]);
    // Another process may have taken the name in the meantime, for the same.
    if (problem === null || (await objects.ref(name)) === tip) return { ref: name, tip, commits };
  }
  throw new PatchloomError('GIT_FAILED', `${ref} has more than ${MOST} branches with tags`);
}
