import { join, resolve } from 'node:path';
import { gitText } from './git.ts';
import { remoteAddress } from './remote.ts';
import { fetchUpstream } from './repository.ts';
import { upstreamBranches } from './upstream-branches.ts';

/** An upstream that is led through its own history: a bot that follows it sees each branch as it stood at a time. */
export interface PastUpstream {
  /** The repository to name as upstream; its own `refs/remotes/upstream/*` hold the branches of today. */
  readonly repository: string;
  /**
   * Sets every branch to the last commit on its first-parent line that was committed by then; before its first commit, to that one.
   * @param time epoch ms
   * @throws PatchloomError GIT_FAILED
   */
  setTo(time: number): Promise<void>;
}

interface Line {
  readonly name: string;
  /** Newest first. */
  readonly commits: readonly { readonly id: string; readonly seconds: number }[];
}

/**
 * Copies an upstream and reads the history of its branches.
 * @param place where the copy is made: an existing directory, and a name for it there
 * @param globs the branches that are wanted; `branch` must be there
 * @throws PatchloomError GIT_UNREACHABLE, GIT_REF_MISSING, GIT_FAILED
 */
export async function pastUpstream(
  place: { readonly directory: string; readonly name: string },
  upstream: string,
  { branch, globs }: { readonly branch: string; readonly globs: readonly string[] },
): Promise<PastUpstream> {
  const repository = join(resolve(place.directory), `${place.name}.git`);
  await fetchUpstream(repository, remoteAddress(upstream), branch);
  const lines: Line[] = [];
  for (const { name, tip } of await upstreamBranches(repository, [branch, ...globs])) {
    const history = await gitText(repository, ['rev-list', '--first-parent', '--timestamp', tip]);
    const commits = history.split('\n').map((line) => {
      const [seconds = '', id = ''] = line.split(' ');
      return { id, seconds: Number(seconds) };
    });
    lines.push({ name, commits });
  }
  return {
    repository,
    setTo: async (time) => {
      const moves = lines.flatMap(({ name, commits }) => {
        const then = commits.find(({ seconds }) => seconds * 1000 <= time) ?? commits.at(-1);
        return then === undefined ? [] : [`update refs/heads/${name} ${then.id}\n`];
      });
      await gitText(repository, ['update-ref', '--stdin'], { input: moves.join('') });
    },
  };
}
