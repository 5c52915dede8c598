import { join } from 'node:path';
import type { Address } from '../mail/message.ts';
import { gitArguments, gitFailed, gitText, runGit, runProgram } from './git.ts';
import { type Ident, identOf } from './ident.ts';
import { cleanMessage } from './message.ts';
import type { Base, Conflict, MirrorPatch } from './mirror.ts';
import { faultOf } from './patch-faults.ts';
import { withScratch } from './scratch.ts';
import { treeFaultOf } from './tree-faults.ts';
import { type ApplyVerdict, verdictOfApply } from './verdict.ts';

/** Time that git may spend on the diffs of one series, milliseconds. */
const APPLY_BUDGET = 300_000;

/** Memory that one `git apply` may take for its data, KiB: a few bytes of a binary patch can ask for any amount. */
const APPLY_MEMORY = 2 << 20;

/** `exec` keeps the limit; the script is fixed and the patch comes by standard input. */
const WITH_MEMORY_LIMIT = ['-c', `ulimit -d ${APPLY_MEMORY} 2>/dev/null; exec "$@"`, 'sh', 'git'];

/** One commit that was made. */
export interface Made {
  readonly commit: string;
  readonly tree: string;
}

/** Commits made of a series, or those before the patch that stopped it, and why. */
export interface Applied {
  readonly state: 'applied' | 'conflict' | 'refused' | 'error';
  readonly commits: readonly Made[];
  readonly conflict: Conflict | null;
  readonly reason: string;
}

/** What stopped one patch; `words` continue "patch 2 of 3 …". */
interface Stop {
  readonly state: 'conflict' | 'refused' | 'error';
  readonly words: string;
  readonly conflict: Conflict | null;
}

interface Step {
  readonly repository: string;
  readonly base: Base;
  readonly env: Readonly<Record<string, string>>;
  readonly committer: Address;
  readonly deadline: number;
}

/**
 * Makes commits of patches on a base, in an index of its own and without a work tree: the same ids as
 * `git am --committer-date-is-author-date` with the same committer. Writes objects only; until somebody makes a ref of them
 * they are garbage that git collects.
 * @throws PatchloomError GIT_FAILED where the machine or the repository is at fault
 */
export async function applyPatches(
  repository: string,
  base: Base,
  patches: readonly MirrorPatch[],
  committer: Address,
): Promise<Applied> {
  return withScratch(repository, async (scratch) => {
    const env = { GIT_INDEX_FILE: join(scratch, 'index') };
    const step = { repository, base, env, committer, deadline: performance.now() + APPLY_BUDGET };
    await gitText(repository, ['read-tree', base.commit], { env });
    const tree = await gitText(repository, ['rev-parse', '--verify', `${base.commit}^{tree}`]);
    const start: Made = { commit: base.commit, tree };
    const commits: Made[] = [];
    for (const patch of patches) {
      const made = await applyOne(step, patch, commits.at(-1) ?? start);
      if ('state' in made) return stopped(patches, patch, commits, made);
      commits.push(made);
    }
    const fault = await treeFaultOf(
      repository,
      commits.map(({ commit }) => commit),
    );
    const guilty = fault && patches[fault.position];
    if (!guilty) return { state: 'applied', commits, conflict: null, reason: '' };
    return stopped(patches, guilty, commits.slice(0, fault.position), refuse(`is refused: ${fault.problem}`));
  });
}

async function applyOne(step: Step, patch: MirrorPatch, parent: Made): Promise<Made | Stop> {
  const fault = faultOf(patch);
  if (fault !== null) return refuse(`is refused: ${fault}`);
  const author = identOf(patch.author, patch.authorDate);
  if ('problem' in author) return refuse(`is refused: ${author.problem}`);
  const verdict = await applyDiff(step, patch);
  if (verdict !== null) return stopOf(step, patch, verdict);
  const tree = await gitText(step.repository, ['write-tree'], { env: step.env });
  if (tree === parent.tree) return noChange(step, patch);
  return { commit: await commitTree(step, patch, author, tree, parent.commit), tree };
}

/** Null where it applied. No `-p1`: it is git's default, and without the option git guesses for old diffs as `git am` does. */
async function applyDiff(step: Step, patch: MirrorPatch, ...more: string[]): Promise<ApplyVerdict | null> {
  const left = step.deadline - performance.now();
  if (left <= 0) return { state: 'refused', detail: 'git needs too long to apply the series' };
  const args = [...gitArguments(step.repository), 'apply', '--cached', '--whitespace=nowarn', ...more, '-'];
  const options = { env: step.env, input: Buffer.from(patch.diff, 'latin1'), timeout: Math.ceil(left) };
  const result = await runProgram('/bin/sh', [...WITH_MEMORY_LIMIT, ...args], options);
  return result.code === 0 ? null : verdictOfApply(result, step.repository);
}

async function stopOf(step: Step, patch: MirrorPatch, verdict: ApplyVerdict): Promise<Stop> {
  if (verdict.state === 'error')
    return { state: 'error', words: `could not be tried: ${verdict.detail}`, conflict: null };
  if (verdict.state === 'refused') return refuse(`is refused by git: ${verdict.detail}`);
  const { file, line, detail } = verdict;
  if ((await applyDiff(step, patch, '--check', '--reverse')) === null) return noChange(step, patch, file, detail);
  const place = file === '' ? '' : `: ${file}${line > 0 ? `:${line}` : ''}`;
  return conflictOf(patch, `does not apply on ${nameOf(step.base)}${place}`, file, line, detail);
}

function noChange(step: Step, patch: MirrorPatch, file = '', detail = ''): Stop {
  const words = `changes nothing on ${nameOf(step.base)}: what it does is there already`;
  return conflictOf(patch, words, file, 0, detail);
}

function conflictOf(patch: MirrorPatch, words: string, file: string, line: number, detail: string): Stop {
  return { state: 'conflict', words, conflict: { index: patch.index, msgid: patch.msgid, file, line, detail } };
}

function refuse(words: string): Stop {
  return { state: 'refused', words, conflict: null };
}

function stopped(all: readonly MirrorPatch[], patch: MirrorPatch, commits: readonly Made[], stop: Stop): Applied {
  const reason = `patch ${patch.index} of ${all.length} ${stop.words}`;
  return { state: stop.state, commits, conflict: stop.conflict, reason };
}

/** `staging (1a2b3c4d5e6f)`, or the short id alone where the name is a commit id. */
function nameOf(base: Base): string {
  const short = base.commit.slice(0, 12);
  return base.commit.startsWith(base.name) ? short : `${base.name} (${short})`;
}

async function commitTree(
  step: Step,
  patch: MirrorPatch,
  author: Ident,
  tree: string,
  parent: string,
): Promise<string> {
  const env = {
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_AUTHOR_DATE: `@${author.date}`,
    GIT_COMMITTER_NAME: step.committer.name,
    GIT_COMMITTER_EMAIL: step.committer.email,
    GIT_COMMITTER_DATE: `@${author.date}`,
  };
  const result = await runGit(step.repository, ['commit-tree', tree, '-p', parent], {
    env,
    input: cleanMessage(patch.message),
  });
  if (result.code !== 0) throw gitFailed(step.repository, 'commit-tree', result);
  return result.stdout.toString('latin1').trim();
}
