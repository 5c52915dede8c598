import { describeError, PatchloomError } from '../util/errors.ts';
import type { Workshop } from './applied.ts';
import { askedBase, branchTip } from './base.ts';
import { checkOn } from './check-on.ts';
import { readPatch } from './engine-run.ts';
import type { Base, Fit, MirrorRequest } from './mirror.ts';
import { repositoryExists } from './repository.ts';

/**
 * Whether a series applies on its branch as it stands now, or on what was asked for; see `checkOn`.
 * @throws PatchloomError GIT_REF_MISSING where `asked` is not known; everything else is told by the state
 */
export async function checkSeries(shop: Workshop, request: MirrorRequest, asked: string | null): Promise<Fit> {
  const { repository, objects, git } = shop;
  let base: Base | null = null;
  try {
    if (!repositoryExists(repository))
      return { state: 'error', base, already: [], conflict: null, reason: 'nothing has been fetched yet' };
    base = asked === null ? await branchTip(objects, git, request) : await askedBase(objects, asked);
    const read = request.patches.map((patch) => readPatch(patch, git.strip ?? 1));
    return await checkOn(shop, read, base);
  } catch (error) {
    if (base === null && asked !== null && error instanceof PatchloomError && error.code === 'GIT_REF_MISSING')
      throw error;
    return { state: 'error', base, already: [], conflict: null, reason: describeError(error) };
  }
}
