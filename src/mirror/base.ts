import { PatchloomError } from '../util/errors.ts';
import type { Base, GitProject, MirrorRequest } from './mirror.ts';
import { gitText } from './git.ts';
import type { Objects } from './objects.ts';
import { UPSTREAM } from './repository.ts';

const COMMIT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const SHORT_COMMIT_ID = /^[0-9a-f]{7,64}$/;

/**
 * The commits that a series may be meant for, the most certain first: what a person asked for, and nothing else then; the
 * patches that the series says to need; the `base-commit:` of the mail; the series that it says to be based on; the branch for the target that the subject names, or the
 * default branch, as they stood when the mail was written.
 * @throws PatchloomError GIT_REF_MISSING where `asked` or the default branch does not exist
 */
export async function basesOf(
  repository: string,
  objects: Objects,
  git: GitProject,
  request: MirrorRequest,
  asked: string | null,
): Promise<readonly Base[]> {
  if (asked !== null) return [await askedBase(objects, asked)];
  const tip = await branchTip(objects, git, request);
  const found = [
    ...(await knownBases(objects, request, 'prerequisite')),
    await baseCommit(objects, request.baseCommit),
    ...(await knownBases(objects, request, 'based-on')),
    { ...tip, commit: await asOf(repository, objects, tip.commit, request.date) },
  ].filter((base) => base !== null);
  return found.filter((base, at) => found.findIndex(({ commit }) => commit === base.commit) === at);
}

/** Where the branch for the series stands now. @throws PatchloomError GIT_REF_MISSING where the default branch does not exist */
export async function branchTip(objects: Objects, git: GitProject, request: MirrorRequest): Promise<Base> {
  return (
    (await branch(objects, 'target-branch', targetBranch(git, request.target))) ??
    (await branch(objects, 'default-branch', git.branch)) ??
    missing(git.branch)
  );
}

/** What a person asked for. @throws PatchloomError GIT_REF_MISSING */
export async function askedBase(objects: Objects, asked: string): Promise<Base> {
  // As git has it, 40 digits are a commit whatever branches there are.
  const named = COMMIT_ID.test(asked) ? null : await branch(objects, 'asked', asked);
  if (named) return named;
  const commit = SHORT_COMMIT_ID.test(asked) ? await objects.commit(asked) : null;
  return commit === null ? missing(asked) : { rule: 'asked', name: asked, commit: commit.id };
}

/** Commits of other series that the caller knows, by rule; those that are not here are left out. */
export async function knownBases(
  objects: Objects,
  request: MirrorRequest,
  rule: 'prerequisite' | 'based-on' | 'in-flight',
): Promise<readonly Base[]> {
  const bases: Base[] = [];
  for (const base of request.others ?? [])
    if (base.rule === rule && COMMIT_ID.test(base.commit) && (await objects.commit(base.commit)) !== null)
      bases.push(base);
  return bases;
}

async function baseCommit(objects: Objects, id: string | null): Promise<Base | null> {
  if (id === null || !COMMIT_ID.test(id)) return null;
  const commit = await objects.commit(id);
  return commit === null ? null : { rule: 'base-commit', name: id, commit: commit.id };
}

/** The last commit of a branch that was made before a mail was written; the tip where the branch has not moved since. */
async function asOf(repository: string, objects: Objects, tip: string, date: string): Promise<string> {
  const seconds = Math.floor(Date.parse(date) / 1000);
  const facts = await objects.commit(tip);
  if (!Number.isFinite(seconds) || facts === null || facts.time <= seconds) return tip;
  const args = ['rev-list', '--first-parent', '--max-count=1', `--before=${seconds}`, tip];
  const found = await gitText(repository, args);
  return found === '' ? tip : found;
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
