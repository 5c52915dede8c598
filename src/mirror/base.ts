import { PatchloomError } from '../util/errors.ts';
import type { Base, GitProject, MirrorRequest } from './mirror.ts';
import type { Objects } from './objects.ts';
import { UPSTREAM } from './repository.ts';

const COMMIT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const SHORT_COMMIT_ID = /^[0-9a-f]{7,64}$/;

/**
 * The commit that a series is applied on. First rule that gives one: what a person asked for; the `base-commit:` of the mail if
 * that commit is here; the branch for the target that the subject names; the default branch.
 * @throws PatchloomError GIT_REF_MISSING where `asked` or the default branch does not exist
 */
export async function chooseBase(
  objects: Objects,
  git: GitProject,
  request: MirrorRequest,
  asked: string | null,
): Promise<Base> {
  if (asked !== null) return askedBase(objects, asked);
  return (
    (await baseCommit(objects, request.baseCommit)) ??
    (await branch(objects, 'target-branch', targetBranch(git, request.target))) ??
    (await branch(objects, 'default-branch', git.branch)) ??
    missing(git.branch)
  );
}

async function askedBase(objects: Objects, asked: string): Promise<Base> {
  const named = await branch(objects, 'asked', asked);
  if (named) return named;
  const commit = SHORT_COMMIT_ID.test(asked) ? await objects.commit(asked) : null;
  return commit === null ? missing(asked) : { rule: 'asked', name: asked, commit: commit.id };
}

async function baseCommit(objects: Objects, id: string | null): Promise<Base | null> {
  if (id === null || !COMMIT_ID.test(id)) return null;
  const commit = await objects.commit(id);
  return commit === null ? null : { rule: 'base-commit', name: id, commit: commit.id };
}

/** The target comes from a subject: only what a version or a branch word is made of gets into a ref name. */
function targetBranch(git: GitProject, target: string | null): string | null {
  if (git.targetBranch === null || target === null || !/^[0-9A-Za-z._-]{1,64}$/.test(target)) return null;
  return git.targetBranch.replaceAll('{target}', () => target);
}

async function branch(objects: Objects, rule: Base['rule'], name: string | null): Promise<Base | null> {
  if (name === null || !isBranchName(name)) return null;
  const commit = await objects.ref(`${UPSTREAM}${name}`);
  return commit === null ? null : { rule, name, commit };
}

/** A stricter form of git check-ref-format: nothing that rev-parse would read as more than a name. */
function isBranchName(name: string): boolean {
  return /^[0-9A-Za-z._+/-]{1,200}$/.test(name) && !/\.\.|\/\/|\/\.|^[./-]|[./]$|\.lock(?:\/|$)/.test(name);
}

function missing(name: string): never {
  throw new PatchloomError(
    'GIT_REF_MISSING',
    `there is no branch or commit ${JSON.stringify(name)} in the upstream repository`,
  );
}
