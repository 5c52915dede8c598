import { createHash } from 'node:crypto';
import { amIds, amSeries } from './am.ts';
import type { Applied, Workshop } from './applied.ts';
import type { Base, MirrorPatch } from './mirror.ts';

/** One series in this many is compared with `git am`, whatever the settings. */
const ONE_IN = 64;

/**
 * True for the series that git does again: all that apply where PATCHLOOM_VERIFY is 1, else about 1.5 % of them, always the same
 * ones. Not where a patch's work is there already, which git am tells by failing.
 */
export function isAudited(
  applied: Pick<Applied, 'state' | 'already'>,
  patches: readonly MirrorPatch[],
  base: Pick<Base, 'commit'>,
): boolean {
  if (applied.state !== 'applied' || applied.already.length > 0) return false;
  if (process.env['PATCHLOOM_VERIFY'] === '1') return true;
  const text = `${base.commit} ${patches.map(({ msgid }) => msgid).join(' ')}`;
  return createHash('sha256').update(text).digest().readUInt32BE(0) % ONE_IN === 0;
}

/**
 * Lets `git am` make the commits of a series that the engine has made, and compares. A difference is a fault of ours and is
 * logged as an error.
 * @returns false where git makes other files of it, or none
 */
export async function sameAsGit(
  shop: Workshop,
  base: Base,
  patches: readonly MirrorPatch[],
  applied: Applied,
): Promise<boolean> {
  const { repository, git, objects, log } = shop;
  const options = { committer: git.committer, strip: git.strip ?? 1, threeWay: applied.step === 'merge' };
  const ids = await amIds(repository, base.commit, patches, options);
  if (ids?.join() === applied.commits.map(({ commit }) => commit).join()) return true;
  // Another one, or none: which patch it is.
  const outcomes = await amSeries(repository, base.commit, patches, options);
  for (const [at, made] of applied.commits.entries()) {
    const mail = patches[at]?.msgid;
    const outcome = outcomes[at];
    if (outcome?.kind !== 'commit') {
      log.error({ mail, base: base.commit, git: outcome?.kind }, 'git am does not apply what the engine applied');
      return false;
    }
    if (outcome.commit === made.commit) continue;
    const theirs = await objects.commit(outcome.commit);
    if (theirs?.tree !== made.tree) {
      log.error({ mail, base: base.commit, ours: made.tree, git: theirs?.tree }, 'git am makes another tree');
      return false;
    }
    log.warn({ mail, ours: made.commit, git: outcome.commit }, 'git am gives author or message another form');
    return true;
  }
  return true;
}
