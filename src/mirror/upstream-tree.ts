import { PatchloomError } from '../util/errors.ts';
import { gitFailed, gitText, runGit } from './git.ts';
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

/** Whether a branch of upstream, as last fetched, has the commit in its history. `commit` is a full id. @throws PatchloomError GIT_FAILED */
export async function isUpstream(repository: string, commit: string): Promise<boolean> {
  if (!/^[0-9a-f]{40,64}$/.test(commit)) return false;
  return (await gitText(repository, ['for-each-ref', '--count=1', `--contains=${commit}`, UPSTREAM])) !== '';
}

/**
 * Full ids of commits behind ids as people write them; those that name none, or several, are left out.
 * @param ids 7 to 64 hexadecimal digits each
 * @throws PatchloomError GIT_FAILED
 */
export async function fullIds(repository: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const asked = [...new Set(ids)].filter((id) => /^[0-9a-f]{7,64}$/.test(id));
  if (asked.length === 0) return new Map();
  const input = asked.map((id) => `${id}^{commit}\n`).join('');
  const result = await runGit(repository, ['cat-file', '--batch-check=%(objectname)'], { input });
  if (result.code !== 0) throw gitFailed(repository, 'cat-file', result);
  const lines = result.stdout.toString('utf8').split('\n');
  return new Map(
    asked.flatMap((id, at) => {
      const full = lines[at] ?? '';
      return /^[0-9a-f]{40,64}$/.test(full) ? [[id, full] as const] : [];
    }),
  );
}

/** Ids of all commits in the history of `tip`. @throws PatchloomError GIT_FAILED */
export async function historyOf(repository: string, tip: string): Promise<ReadonlySet<string>> {
  return new Set((await gitText(repository, ['rev-list', tip])).split('\n'));
}
