import { mkdir } from 'node:fs/promises';
import { PatchloomError } from '../util/errors.ts';
import type { GitProject } from './mirror.ts';
import { remoteAddress, talkToRemote } from './remote.ts';

/**
 * Asks the remotes of a project whether they answer and have its default branch; fetches nothing.
 * @param directory a place of ours for files of a moment; made where it does not exist
 * @throws PatchloomError GIT_UNREACHABLE, GIT_REF_MISSING, GIT_FAILED
 */
export async function probeRemotes(git: GitProject, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const upstream = remoteAddress(git.upstream);
  await talkToRemote(null, directory, upstream, 'cannot read', ['ls-remote', '--heads', '--', upstream]);
  try {
    const branch = `refs/heads/${git.branch}`;
    await talkToRemote(null, directory, upstream, 'cannot read', ['ls-remote', '--exit-code', '--', upstream, branch]);
  } catch (error) {
    throw new PatchloomError('GIT_REF_MISSING', `${git.upstream} has no branch "${git.branch}"`, { cause: error });
  }
  for (const remote of git.publish.map(remoteAddress))
    await talkToRemote(null, directory, remote, 'cannot read', ['ls-remote', '--heads', '--', remote]);
}
