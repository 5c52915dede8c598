import { PatchloomError } from '../util/errors.ts';
import type { Workshop } from './applied.ts';
import { EngineRun, type ReadPatch } from './engine-run.ts';
import type { Base, Fit } from './mirror.ts';
import { misfitStop, nameOf, type Stop } from './stop.ts';

/**
 * Whether a series applies on a base, found out in this process alone: nothing is written and no git is asked for a second
 * opinion, so a patch that would need one is `unknown`, and one that only a three-way merge would rescue is a conflict.
 * @throws PatchloomError GIT_FAILED
 */
export async function checkOn(shop: Workshop, read: readonly ReadPatch[], base: Base): Promise<Fit> {
  const { objects } = shop;
  const tree = (await objects.commit(base.commit))?.tree;
  if (tree === undefined) throw new PatchloomError('GIT_FAILED', `commit ${base.commit} cannot be read`);
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
