import { dirname } from 'node:path';
import { keepBundle } from './bundles.ts';
import { gitText } from './git.ts';
import type { MirrorResult } from './mirror.ts';
import { BY_ID, PUBLIC } from './ref-names.ts';
import { type Named, removeFrom } from './remove-refs.ts';

/**
 * Keeps a bundle of a published series, then takes its refs off every remote; they stay in this repository, and no name is given to
 * other commits. A ref that a remote has with another commit is not ours and stays.
 * @returns false where the repository does not have the series any more: nothing is done then
 * @throws PatchloomError GIT_UNREACHABLE, GIT_FAILED
 */
export async function expireRefs(
  repository: string,
  remotes: readonly string[],
  { ref, tip, base }: MirrorResult,
): Promise<boolean> {
  if (ref === null || tip === null || base === null || !ref.startsWith(PUBLIC)) return false;
  const project = ref.slice(PUBLIC.length).split('/')[0] ?? '';
  const records = await namesOf(repository, [`--points-at=${tip}`, `${BY_ID}${project}/`]);
  const family = await namesOf(repository, [ref, `${ref}-acked`, `${ref}-acked-*`]);
  const [record] = records;
  if (record === undefined || !family.some(({ name }) => name === ref)) return false;
  const all = [...family, ...records];
  await keepBundle(
    repository,
    dirname(record.name),
    base.commit,
    all.map(({ name }) => name),
  );
  for (const remote of remotes) await removeFrom(repository, remote, all);
  return true;
}

async function namesOf(repository: string, args: readonly string[]): Promise<readonly Named[]> {
  const lines = await gitText(repository, ['for-each-ref', '--format=%(objectname) %(refname)', ...args]);
  return lines.split('\n').flatMap((line) => {
    const [commit, name] = line.split(' ');
    return commit && name ? [{ commit, name }] : [];
  });
}
