import { describeError, PatchloomError } from '../util/errors.ts';
import type { Workshop } from './applied.ts';
import { applyOn, NOTHING } from './apply-on.ts';
import { basesOf, branchTip, knownBases } from './base.ts';
import { isElsewhere } from './elsewhere.ts';
import { explainConflict } from './explain.ts';
import type { Base, MirrorRequest, MirrorResult } from './mirror.ts';
import { nearestBase } from './nearest.ts';
import type { RefWriter } from './ref-writer.ts';
import { repositoryExists } from './repository.ts';

/**
 * From a series to a ref: base, commits, name. Bases are tried in their order until one fits; a conflict is told of the branch
 * that the series is for.
 * @throws PatchloomError GIT_REF_MISSING where `asked` is not known; everything else is told by the state
 */
export async function applySeries(
  shop: Workshop,
  writer: RefWriter,
  request: MirrorRequest,
  asked: string | null,
): Promise<MirrorResult> {
  const { repository, git, log } = shop;
  if (request.patches.length === 0) return { ...NOTHING, state: 'refused', reason: 'the series has no patches' };
  if (!repositoryExists(repository))
    return { ...NOTHING, state: 'error', reason: `nothing has been fetched for project ${git.project} yet` };
  let base: Base | null = null;
  try {
    const conflicts: MirrorResult[] = [];
    for await (const next of basesInOrder(shop, request, asked)) {
      base = next;
      const result = await applyOn(shop, writer, request, base);
      log.debug({ mail: request.msgid, state: result.state, ref: result.ref, base: base.commit }, 'series mirrored');
      if (result.state !== 'conflict') return result;
      conflicts.push(result);
    }
    return await withExplanation(shop, request, conflicts, asked !== null);
  } catch (error) {
    if (base === null && asked !== null && error instanceof PatchloomError && error.code === 'GIT_REF_MISSING')
      throw error;
    if (error instanceof PatchloomError && error.code === 'GIT_FAILED') shop.health.damaged = true;
    log.warn({ mail: request.msgid, error: describeError(error) }, 'series could not be mirrored');
    return { ...NOTHING, state: 'error', base, reason: describeError(error) };
  }
}

async function* basesInOrder(shop: Workshop, request: MirrorRequest, asked: string | null): AsyncIterable<Base> {
  const { repository, objects, git } = shop;
  yield* await basesOf(repository, objects, git, request, asked);
  if (asked !== null) return;
  const nearest = await nearestBase(shop, request, await branchTip(objects, git, request));
  if (nearest !== null) yield nearest;
  yield* await knownBases(objects, request, 'in-flight');
}

/** The conflict on the project's branch says most to its author; the reason names that branch. */
async function withExplanation(
  shop: Workshop,
  request: MirrorRequest,
  conflicts: readonly MirrorResult[],
  asked: boolean,
): Promise<MirrorResult> {
  const onBranch = conflicts.find(({ base }) => base?.rule === 'default-branch' || base?.rule === 'target-branch');
  const told = onBranch ?? conflicts[0];
  if (!told?.base || told.conflict === null) throw new PatchloomError('INTERNAL', 'a conflict without a base');
  if (!asked && (await isElsewhere(shop, request, told.base))) {
    const reason = `${told.reason}; no file that it changes is or was here: it seems to be for another repository`;
    return { ...told, reason, conflict: { ...told.conflict, elsewhere: true } };
  }
  const place = told.step === 'git-am' ? null : await explainConflict(shop, request, told.base);
  if (place === null) return told;
  // Without a wish of somebody the nearest commit was tried before, and there is none.
  const fits = asked ? await nearestBase(shop, request, told.base) : null;
  return { ...told, conflict: { ...told.conflict, place: { ...place, fits } } };
}
