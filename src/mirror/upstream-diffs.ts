import { gitFailed, runGit } from './git.ts';

/** A commit and its diff against its only parent, as latin1 text. */
export interface CommitDiff {
  readonly commit: string;
  readonly diff: string;
}

const BATCH = 100;
const OPTIONS = [
  '--stdin',
  '--root',
  '-r',
  '-p',
  '-M',
  '--binary',
  '--full-index',
  '--no-color',
  '--no-ext-diff',
  '--no-textconv',
  '--no-indent-heuristic',
  '--diff-algorithm=myers',
];

/** Each diff begins with its commit's id on a line of its own, which no line of a diff can be. */
function split(output: string): CommitDiff[] {
  const starts = [...output.matchAll(/^([0-9a-f]{40}|[0-9a-f]{64})$/gm)];
  return starts.map((match, at) => ({
    commit: match[1] ?? '',
    diff: output.slice(match.index + match[0].length + 1, starts[at + 1]?.index ?? output.length),
  }));
}

/**
 * The diffs of commits, in the form in which `git format-patch` mails them. A commit whose diff is larger than git's output may be
 * here is left out.
 * @param commits full ids of commits with one parent
 * @throws PatchloomError GIT_FAILED
 */
export async function* commitDiffs(repository: string, commits: readonly string[]): AsyncGenerator<CommitDiff> {
  for (let at = 0; at < commits.length; at += BATCH) {
    const batch = commits.slice(at, at + BATCH);
    const result = await runGit(repository, ['diff-tree', ...OPTIONS], { input: `${batch.join('\n')}\n` });
    if (result.code === 0) yield* split(result.stdout.toString('latin1'));
    else if (result.signal === null || batch.length === 1) throw gitFailed(repository, 'diff-tree', result);
    // Ended because there was too much of it: one by one, the small ones come through.
    else for (const commit of batch) yield* await alone(repository, commit);
  }
}

async function alone(repository: string, commit: string): Promise<CommitDiff[]> {
  const result = await runGit(repository, ['diff-tree', ...OPTIONS], { input: `${commit}\n` });
  return result.code === 0 ? split(result.stdout.toString('latin1')) : [];
}
