import { describeError, PatchloomError } from '../util/errors.ts';
import { applyPatches, readSeries } from './apply.ts';
import type { Made, Workshop } from './applied.ts';
import { restoreBundle } from './bundles.ts';
import type { Base, MirrorRequest, MirrorResult } from './mirror.ts';
import { writeObjects } from './pack-file.ts';
import { recordName } from './ref-names.ts';
import { type AppliedRef, createRef, findRecord, lookAtRefs, type Refs } from './refs.ts';
import type { RefWriter } from './ref-writer.ts';

/** A result in which nothing has come of it. */
export const NOTHING = {
  base: null,
  ref: null,
  step: null,
  because: '',
  commits: [],
  trees: [],
  tip: null,
  tree: null,
  already: [],
  conflict: null,
  reason: '',
} as const satisfies Partial<MirrorResult>;

/**
 * Applies a series on one base and gives it a ref. Where the same patches have a ref on that base, it is the answer.
 * @throws PatchloomError GIT_FAILED
 */
export async function applyOn(
  shop: Workshop,
  writer: RefWriter,
  request: MirrorRequest,
  base: Base,
): Promise<MirrorResult> {
  const { repository, objects } = shop;
  const baseTree = (await objects.commit(base.commit))?.tree;
  if (baseTree === undefined) throw new PatchloomError('GIT_FAILED', `commit ${base.commit} cannot be read`);
  const refs = { repository, objects, writer };
  // Both at once: git answers a series in as many turns as its deepest file has directories, and each turn costs a wait.
  const [look, series] = await Promise.all([
    lookAtRefs(refs, request, base),
    readSeries(shop, baseTree, request.patches),
  ]);
  const known = look.known ?? (await fromBundle(shop, refs, request, base));
  const chain = known === null ? [] : await chainOf(shop, base.commit, known.tip);
  if (known !== null && chain.length === request.patches.length)
    return { ...NOTHING, state: 'applied', base, ref: known.ref, step: known.step, ...listsOf(chain), ...endOf(chain) };
  const applied = await applyPatches(shop, base, series);
  const { state, step, because, commits, already, conflict, reason } = applied;
  const common = { state, base, step, because, already, conflict, reason };
  if (state !== 'applied') return { ...NOTHING, ...common, ...listsOf(commits) };
  if (known !== null) {
    const same = alignedWith(commits, chain, base.commit);
    return { ...NOTHING, ...common, ref: known.ref, step: known.step, ...listsOf(same), ...endOf(same) };
  }
  await writeObjects(repository, applied.objects);
  const ref = await createRef(refs, request, base, commits.at(-1)?.commit ?? base.commit, step, look.free);
  return { ...NOTHING, ...common, ref, ...listsOf(commits), ...endOf(commits) };
}

/** A series whose refs have expired before the repository was lost: its bundle has the same commits. Without it they are made of mail. */
async function fromBundle(shop: Workshop, refs: Refs, request: MirrorRequest, base: Base): Promise<AppliedRef | null> {
  try {
    const restored = await restoreBundle(shop.repository, recordName(request, base), refs.writer);
    return restored ? await findRecord(refs, request, base) : null;
  } catch (error) {
    shop.log.warn({ mail: request.msgid, error: describeError(error) }, 'the bundle of a series cannot be used');
    return null;
  }
}

/** The commits behind `from`, up to `tip`, oldest first. */
async function chainOf(shop: Workshop, from: string, tip: string): Promise<Made[]> {
  const chain: Made[] = [];
  for (let id = tip; id !== from; ) {
    const facts = await shop.objects.commit(id);
    if (facts === null) throw new PatchloomError('GIT_FAILED', `commit ${id} is not there: the repository is damaged`);
    chain.unshift({ commit: id, tree: facts.tree });
    id = facts.parents[0] ?? from;
  }
  return chain;
}

/** The published commits where some patches have none: what was made just now says which, as tags may have changed the ids. */
function alignedWith(made: readonly Made[], chain: readonly Made[], base: string): Made[] {
  let at = -1;
  return made.map((one, index) => {
    const before = index === 0 ? base : made[index - 1]?.commit;
    if (one.commit !== before) at++;
    return chain[at] ?? one;
  });
}

function endOf(commits: readonly Made[]): Pick<MirrorResult, 'tip' | 'tree'> {
  const last = commits.at(-1);
  return { tip: last?.commit ?? null, tree: last?.tree ?? null };
}

function listsOf(commits: readonly Made[]): Pick<MirrorResult, 'commits' | 'trees'> {
  return { commits: commits.map(({ commit }) => commit), trees: commits.map(({ tree }) => tree) };
}
