import { gitText, runGit } from './git.ts';
import { commitOf, UPSTREAM } from './repository.ts';

/** The commit that stood at the tip of an upstream branch at a time (epoch ms), by its first parents; null where there was none. */
export async function commitAsOf(repository: string, branch: string, time: number): Promise<string | null> {
  if ((await commitOf(repository, `${UPSTREAM}${branch}`)) === null) return null;
  const before = `--before=${Math.floor(time / 1000)}`;
  const args = ['rev-list', '-1', '--first-parent', before, `${UPSTREAM}${branch}`, '--'];
  return (await gitText(repository, args)) || null;
}

/** A commit of an upstream branch, as far as it can be known again on a list. */
export interface UpstreamCommit {
  readonly commit: string;
  readonly title: string;
  readonly author: string;
  /** Epoch ms. */
  readonly committed: number;
  /** Whole message. */
  readonly message: string;
}

/** Commits of an upstream branch since a time (epoch ms), newest first. At most 200,000. */
export async function commitsSince(
  repository: string,
  branch: string,
  time: number,
): Promise<readonly UpstreamCommit[]> {
  if ((await commitOf(repository, `${UPSTREAM}${branch}`)) === null) return [];
  const format = '--format=%H%x00%an%x00%ct%x00%s%x00%B%x00%x01';
  const since = `--since=${Math.floor(time / 1000)}`;
  const args = ['log', '--no-merges', '-n', '200000', since, format, `${UPSTREAM}${branch}`, '--'];
  const result = await runGit(repository, args);
  if (result.code !== 0) return [];
  return result.stdout
    .toString('utf8')
    .split('\0\x01\n')
    .flatMap((text) => {
      const [commit = '', author = '', seconds = '', title = '', message = ''] = text.split('\0');
      return commit === '' ? [] : [{ commit, author, committed: Number(seconds) * 1000, title, message }];
    });
}

/** `git patch-id --stable` of a commit; null where it changes nothing. */
export async function patchIdOf(repository: string, commit: string): Promise<string | null> {
  if (!/^[0-9a-f]{40,64}$/.test(commit)) return null;
  const shown = await runGit(repository, ['diff-tree', '-p', '--no-ext-diff', '--no-textconv', '--root', commit]);
  if (shown.code !== 0) return null;
  const named = await runGit(repository, ['patch-id', '--stable'], { input: shown.stdout });
  return /^[0-9a-f]{40}/.exec(named.stdout.toString('latin1'))?.[0] ?? null;
}
