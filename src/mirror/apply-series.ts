import { describeError, PatchloomError } from '../util/errors.ts';
import type { Log } from '../util/log.ts';
import { applyPatches, type Made } from './apply.ts';
import { chooseBase } from './base.ts';
import { gitText } from './git.ts';
import type { Base, GitProject, MirrorRequest, MirrorResult } from './mirror.ts';
import { createRef, findRecord } from './refs.ts';
import { repositoryExists } from './repository.ts';

/**
 * From a series to a ref: base, commits, name. Where the same patches have a ref on that base, it is the answer.
 * @throws PatchloomError GIT_REF_MISSING where `asked` is not known; everything else is told by the state
 */
export async function applySeries(
  repository: string,
  git: GitProject,
  request: MirrorRequest,
  asked: string | null,
  log: Log,
): Promise<MirrorResult> {
  const nothing = { base: null, ref: null, commits: [], trees: [], tip: null, tree: null, conflict: null, reason: '' };
  if (request.patches.length === 0) return { ...nothing, state: 'refused', reason: 'the series has no patches' };
  if (!repositoryExists(repository))
    return { ...nothing, state: 'error', reason: `nothing has been fetched for project ${git.project} yet` };
  let base: Base | null = null;
  try {
    base = await chooseBase(repository, git, request, asked);
    const result = await applyOn(repository, git, request, base);
    log.debug({ mail: request.msgid, state: result.state, ref: result.ref, base: base.commit }, 'series mirrored');
    return result;
  } catch (error) {
    if (base === null && asked !== null && error instanceof PatchloomError && error.code === 'GIT_REF_MISSING')
      throw error;
    log.warn({ mail: request.msgid, error: describeError(error) }, 'series could not be mirrored');
    return { ...nothing, state: 'error', base, reason: describeError(error) };
  }
}

async function applyOn(repository: string, git: GitProject, request: MirrorRequest, base: Base): Promise<MirrorResult> {
  const known = await findRecord(repository, request, base);
  if (known) return appliedResult(base, known.ref, await commitsBetween(repository, base.commit, known.tip));
  const { state, commits, conflict, reason } = await applyPatches(repository, base, request.patches, git.committer);
  if (state === 'applied') {
    const ref = await createRef(repository, request, base, commits.at(-1)?.commit ?? base.commit);
    return appliedResult(base, ref, commits);
  }
  return { state, base, ref: null, ...listsOf(commits), tip: null, tree: null, conflict, reason };
}

function appliedResult(base: Base, ref: string, commits: readonly Made[]): MirrorResult {
  const last = commits.at(-1);
  const end = { tip: last?.commit ?? null, tree: last?.tree ?? null };
  return { state: 'applied', base, ref, ...listsOf(commits), ...end, conflict: null, reason: '' };
}

function listsOf(commits: readonly Made[]): Pick<MirrorResult, 'commits' | 'trees'> {
  return { commits: commits.map(({ commit }) => commit), trees: commits.map(({ tree }) => tree) };
}

async function commitsBetween(repository: string, from: string, to: string): Promise<Made[]> {
  const lines = await gitText(repository, ['log', '--reverse', '--format=%H %T', `${from}..${to}`]);
  return lines.split('\n').map((line) => {
    const [commit = '', tree = ''] = line.split(' ');
    return { commit, tree };
  });
}
