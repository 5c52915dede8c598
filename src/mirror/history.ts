import { gitText } from './git.ts';

/** Milliseconds that git may look through history for one question. */
const BUDGET = 10_000;

/** Paths are hostile text: only what cannot mean anything to git goes into a line range. */
const PLAIN_PATH = /^[0-9A-Za-z_+][0-9A-Za-z_+./ -]*$/;

/** A commit, for people. */
export interface CommitLine {
  readonly commit: string;
  readonly subject: string;
}

/**
 * The last first parent of `tip` in which the file was that blob; null where there is none, or where git needs too long.
 * @param path as it is in the tree, Unicode
 */
export async function lastCommitWith(
  repository: string,
  tip: string,
  path: string,
  blob: string,
): Promise<string | null> {
  const format = [
    '--first-parent',
    '--max-count=1',
    '--format=%H %P',
    '--raw',
    '--no-abbrev',
    '--diff-merges=first-parent',
  ];
  const args = ['log', ...format, `--find-object=${blob}`, tip, '--', path];
  const env = { GIT_LITERAL_PATHSPECS: '1' };
  const found = await gitText(repository, args, { env, timeout: BUDGET }).catch(() => '');
  const [, commit, parent] = /^([0-9a-f]{40,64})(?: ([0-9a-f]{40,64}))?/.exec(found) ?? [];
  if (commit === undefined) return null;
  // The commit either brought the version, or took it away: then its parent had it.
  const brought = found.split('\n').some((line) => /^:\d+ \d+ [0-9a-f]+ ([0-9a-f]+) /.exec(line)?.[1] === blob);
  return brought ? commit : (parent ?? null);
}

/** The last commits that touched some lines of a file, newest first; at most five. Empty where git cannot tell in time. */
export async function commitsOn(
  repository: string,
  range: { readonly since: string | null; readonly tip: string },
  path: string,
  lines: { readonly first: number; readonly last: number },
): Promise<readonly CommitLine[]> {
  if (!PLAIN_PATH.test(path) || path.includes('..')) return [];
  const where = range.since === null ? range.tip : `${range.since}..${range.tip}`;
  const place = `-L${lines.first},${lines.last}:${path}`;
  const args = ['log', '--no-patch', '--max-count=5', '--format=%H%x09%s', place, where];
  const found = await gitText(repository, args, { timeout: BUDGET }).catch(() => '');
  return found.split('\n').flatMap((line) => {
    const [, commit, subject] = /^([0-9a-f]{40,64})\t(.*)$/.exec(line) ?? [];
    return commit === undefined || subject === undefined ? [] : [{ commit, subject: subject.slice(0, 200) }];
  });
}
