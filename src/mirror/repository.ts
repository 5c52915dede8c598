import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PatchloomError } from '../util/errors.ts';
import { gitFailed, gitText, runGit } from './git.ts';
import { isPath, talkToRemote } from './remote.ts';
import { removeStaleScratch, withScratch } from '../util/scratch.ts';

/** Where upstream's branches stand in the mirror's repository. */
export const UPSTREAM = 'refs/remotes/upstream/';

/** True once `fetchUpstream` has made the repository. */
export function repositoryExists(repository: string): boolean {
  return existsSync(join(repository, 'HEAD'));
}

/**
 * Makes the bare repository where there is none. Built beside its place and moved there, so that it is whole or absent.
 * From an upstream on this machine git links or copies the object files themselves, which takes a moment; nothing is
 * borrowed from it afterwards.
 */
async function makeRepository(repository: string, upstream: string, lender: string | null): Promise<void> {
  const parent = dirname(repository);
  await mkdir(parent, { recursive: true });
  await removeStaleScratch(parent);
  await withScratch(parent, async (scratch) => {
    const fresh = join(scratch, 'repository');
    const borrows = lender !== null && repositoryExists(lender);
    if (isPath(upstream) && !borrows) await cloneLocal(fresh, parent, upstream);
    else await gitText(fresh, ['init', '--quiet', '--bare', '--template=']);
    if (borrows) await borrowFrom(fresh, lender);
    await rename(fresh, repository).catch((error: unknown) => {
      // Another process was faster; its repository is as good.
      if (!repositoryExists(repository)) throw error;
    });
  });
}

/**
 * Objects that the lender has are not fetched or kept again. Found from the repository's place beside the lender, so that the data
 * directory may be moved as a whole.
 */
async function borrowFrom(fresh: string, lender: string): Promise<void> {
  const info = join(fresh, 'objects', 'info');
  await mkdir(info, { recursive: true });
  await writeFile(join(info, 'alternates'), `../../${basename(lender)}/objects\n`);
}

async function cloneLocal(fresh: string, parent: string, upstream: string): Promise<void> {
  const clone = ['clone', '--quiet', '--bare', '--no-tags', '--dissociate', '--template=', '--', upstream, fresh];
  await talkToRemote(null, parent, upstream, 'cannot copy', clone);
  const heads = await gitText(fresh, ['for-each-ref', '--format=%(objectname) %(refname:lstrip=2)', 'refs/heads']);
  const moves = heads.split('\n').flatMap((line) => {
    const [, commit, name] = /^([0-9a-f]+) (.+)$/.exec(line) ?? [];
    return commit === undefined ? [] : [`create ${UPSTREAM}${name} ${commit}`, `delete refs/heads/${name} ${commit}`];
  });
  // A detached HEAD would keep a commit for ever, and a branch HEAD would name somebody's branch as ours.
  await gitText(fresh, ['symbolic-ref', 'HEAD', 'refs/heads/main']);
  await gitText(fresh, ['update-ref', '--stdin'], { input: moves.map((line) => `${line}\n`).join('') });
  await runGit(fresh, ['config', '--remove-section', 'remote.origin']);
}

/**
 * Brings `refs/remotes/upstream/*` up to date with the branches of `upstream`.
 * @param lender a repository beside this one whose objects may be used, for good; null, or not there when this one is made: none
 * What upstream holds is not checked for old faults (fsckObjects): many real histories have some, and the operator chose it.
 * @throws PatchloomError GIT_UNREACHABLE, GIT_REF_MISSING where the branch `required` is not there, GIT_FAILED
 */
export async function fetchUpstream(
  repository: string,
  upstream: string,
  required: string,
  lender: string | null = null,
): Promise<void> {
  if (!repositoryExists(repository)) await makeRepository(repository, upstream, lender);
  const options = ['--quiet', '--prune', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules'];
  const fetch = ['fetch', ...options, '--', upstream, `+refs/heads/*:${UPSTREAM}*`];
  await talkToRemote(repository, dirname(repository), upstream, 'cannot fetch from', fetch);
  if ((await commitOf(repository, `${UPSTREAM}${required}`)) !== null) return;
  const there = await gitText(repository, ['for-each-ref', '--count=8', '--format=%(refname:lstrip=3)', UPSTREAM]);
  const names = there === '' ? 'no branch at all' : there.split('\n').join(', ');
  throw new PatchloomError(
    'GIT_REF_MISSING',
    `there is no branch ${required} in the upstream repository; it has ${names}`,
  );
}

/** Commit id of a ref or a full commit id; null where there is none. `name` must not hold characters with a meaning to git. */
export async function commitOf(repository: string, name: string): Promise<string | null> {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`];
  const result = await runGit(repository, args);
  if (result.code === 0) return result.stdout.toString('latin1').trim();
  // 1 is "no such thing"; 128 comes with words where the repository itself is at fault, and where the object is no commit.
  if (result.code === 1 || /expected commit type|Needed a single revision/.test(result.stderr)) return null;
  throw gitFailed(repository, 'rev-parse', result);
}
