import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { planOf } from '../src/ci/plan.ts';
import { runSeries } from '../src/ci/run-series.ts';
import type { Check } from '../src/ci/run.ts';
import { pickOnto } from '../src/mirror/upstream-pick.ts';
import { upstreamLog } from '../src/mirror/upstream-log.ts';
import { knownCheck } from '../src/store/checks.ts';
import { PatchloomError } from '../src/util/errors.ts';
import { type Context, projectOf } from './context.ts';

/**
 * Builds one commit on a stable branch with the jobs of the project that its files ask for. Test machines are scarce, so it is done
 * where a person asks for it, and not again for a tree that has a result.
 * @param branch tip of the stable branch, a commit id
 * @param signal stops it
 * @throws PatchloomError NOT_FOUND where no job is for its files, DOES_NOT_APPLY, BUILD_MACHINE, SANDBOX_MISSING
 */
export async function buildBackport(
  context: Context,
  project: string,
  branch: string,
  commit: string,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const { build } = projectOf(context, project);
  const git = await context.mirrorOf(project);
  const directory = join(context.config.data, 'build', `${project}-backports`);
  await mkdir(directory, { recursive: true });
  const [one] = await upstreamLog(git.repository, { to: commit, limit: 1 });
  const jobs = planOf(build.jobs, one?.paths ?? []);
  const short = commit.slice(0, 12);
  if (jobs.length === 0)
    throw new PatchloomError('NOT_FOUND', `${project} has no build-test for the files of ${short}`);
  const picked = await pickOnto(git.repository, directory, branch, commit);
  if (picked === null)
    throw new PatchloomError('DOES_NOT_APPLY', `${short} does not apply on the branch: it cannot be built`);
  return runSeries({
    patches: [{ index: 1, msgid: commit, ...picked }],
    base: null,
    masks: build.masks,
    finished: [],
    // Told to who asked, not kept: the candidate is of no series.
    onCheck: () => {},
    jobs,
    sandbox: await context.sandboxOf(project),
    artifactBytes: 0,
    directory,
    checkout: (id, where) => git.checkout(id, where),
    known: (tree, hash) => knownCheck(context.store.db, tree, hash),
    signal,
  });
}
