import { dirname } from 'node:path';
import { PatchloomError } from '../util/errors.ts';
import { commitOf } from './repository.ts';
import { removeFrom } from './remove-refs.ts';
import { talkToRemote } from './remote.ts';

/** Where a commit that a CI is to build stands in the CI's repository: named by the commit, so that it never moves. */
function ciRef(commit: string): string {
  return `refs/heads/patchloom-ci/${commit}`;
}

/**
 * Pushes one commit to the repository of a CI: one ref a push, as GitHub raises no events for more than three. Pushing it again does nothing.
 * @returns the short name of its branch
 * @param options push options, as `ci.variable=NAME=value` of GitLab
 * @throws PatchloomError GIT_UNREACHABLE, GIT_REF_MISSING, GIT_FAILED with the remote's words
 */
export async function pushForCi(
  repository: string,
  remote: string,
  commit: string,
  options: readonly string[],
): Promise<string> {
  if (!/^[0-9a-f]{40,64}$/.test(commit) || (await commitOf(repository, commit)) === null)
    throw new PatchloomError('GIT_REF_MISSING', `there is no commit ${JSON.stringify(commit)} in the mirror`);
  // git has no way to write a line end in a push option.
  const words = options.filter((option) => !/[\0\r\n]/.test(option)).map((option) => `--push-option=${option}`);
  const ref = ciRef(commit);
  const push = ['push', '--quiet', '--no-verify', '--no-signed', `--force-with-lease=${ref}:`, ...words];
  await talkToRemote(repository, dirname(repository), remote, `cannot push ${commit.slice(0, 12)} to`, [
    ...push,
    '--',
    remote,
    `${commit}:${ref}`,
  ]);
  return ref.slice('refs/heads/'.length);
}

/**
 * Takes the branches of commits off the repository of a CI; those that are gone, or hold other commits by now, are left out.
 * @throws PatchloomError GIT_UNREACHABLE, GIT_FAILED
 */
export async function removeForCi(repository: string, remote: string, commits: readonly string[]): Promise<void> {
  await removeFrom(
    repository,
    remote,
    commits.map((commit) => ({ name: ciRef(commit), commit })),
  );
}
