import { describeError, PatchloomError } from '../util/errors.ts';
import type { Workshop } from './applied.ts';
import { chooseBase } from './base.ts';
import { EngineRun, readPatch } from './engine-run.ts';
import type { Base, Fit, MirrorRequest } from './mirror.ts';
import { repositoryExists } from './repository.ts';
import { misfitStop, nameOf, type Stop } from './stop.ts';

/**
 * Whether a series applies, found out in this process alone: nothing is written and no git is asked for a second opinion, so a
 * patch that would need one is `unknown`, and one that only a three-way merge would rescue is a conflict.
 * @throws PatchloomError GIT_REF_MISSING where `asked` is not known; everything else is told by the state
 */
export async function checkSeries(shop: Workshop, request: MirrorRequest, asked: string | null): Promise<Fit> {
  let base: Base | null = null;
  try {
    if (!repositoryExists(shop.repository))
      return { state: 'error', base, already: [], conflict: null, reason: 'nothing has been fetched yet' };
    base = await chooseBase(shop.objects, shop.git, request, asked);
    return await checkOn(shop, request, base);
  } catch (error) {
    if (base === null && asked !== null && error instanceof PatchloomError && error.code === 'GIT_REF_MISSING')
      throw error;
    return { state: 'error', base, already: [], conflict: null, reason: describeError(error) };
  }
}

/** As `checkSeries`, on a base that is known. @throws PatchloomError GIT_FAILED */
export async function checkOn(shop: Workshop, request: MirrorRequest, base: Base): Promise<Fit> {
  const { objects, git } = shop;
  const tree = (await objects.commit(base.commit))?.tree;
  if (tree === undefined) throw new PatchloomError('GIT_FAILED', `commit ${base.commit} cannot be read`);
  const read = request.patches.map((patch) => readPatch(patch, git.strip ?? 1));
  const run = await EngineRun.start(objects, tree, read, '');
  const already: number[] = [];
  const end = (state: Fit['state'], reason: string, stop?: Stop): Fit => {
    return { state, base, already, conflict: stop?.conflict ?? null, reason };
  };
  for (const one of read) {
    const outcome = one.kind === 'read' ? run.apply(one.files) : one;
    const which = `patch ${one.patch.index} of ${read.length}`;
    if (outcome.kind === 'already') already.push(one.patch.index);
    else if (outcome.kind === 'declined') return end('unknown', `${which} is left to git: ${outcome.words}`);
    else if (outcome.kind === 'refused') return end('refused', `${which} is refused: ${outcome.words}`);
    else if (outcome.kind === 'misfit' && one.kind === 'read') {
      const stop = misfitStop(one, base, outcome.misfit);
      return end('conflict', `${which} ${stop.words}`, stop);
    }
  }
  if (read.length > already.length) return end('applied', '');
  return end('already', `all that it does is there already on ${nameOf(base)}`);
}
