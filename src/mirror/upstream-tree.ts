import { PatchloomError } from '../util/errors.ts';
import { gitFailed, runGit } from './git.ts';
import { UPSTREAM } from './repository.ts';

/** Characters of a branch, tag or commit id, without those that make more than a name of it. */
const NAME = /^(?!-)(?!.*(?:\.\.|@\{))[0-9A-Za-z._+/-]{1,200}$/;

/**
 * Full id of the commit that a person names: a branch of upstream, else whatever the repository itself calls so.
 * @throws PatchloomError GIT_REF_MISSING
 */
export async function namedCommit(repository: string, name: string): Promise<string> {
  for (const ref of NAME.test(name) ? [`${UPSTREAM}${name}`, name] : []) {
    const result = await runGit(repository, [
      'rev-parse',
      '--verify',
      '--quiet',
      '--end-of-options',
      `${ref}^{commit}`,
    ]);
    if (result.code === 0) return result.stdout.toString('latin1').trim();
  }
  throw new PatchloomError('GIT_REF_MISSING', `there is no branch or commit ${JSON.stringify(name)} in the repository`);
}

/**
 * The repository behind a path that a person names: a bare one, or the one of a work tree.
 * @throws PatchloomError SOURCE_MISSING
 */
export async function repositoryAt(path: string): Promise<string> {
  const result = await runGit(null, ['-C', path, 'rev-parse', '--absolute-git-dir']);
  if (result.code === 0) return result.stdout.toString('utf8').trim();
  throw new PatchloomError('SOURCE_MISSING', `${path} is no git repository`);
}

/** Whether the commit is in the history of `tip`. Both are full commit ids. @throws PatchloomError GIT_FAILED */
export async function isInHistory(repository: string, commit: string, tip: string): Promise<boolean> {
  const result = await runGit(repository, ['merge-base', '--is-ancestor', commit, tip]);
  if (result.code === 0 || result.code === 1) return result.code === 0;
  throw gitFailed(repository, 'merge-base', result);
}
