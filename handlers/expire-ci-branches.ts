import { runningWith } from '../src/store/build-runs.ts';
import { type CiBranch, forgetBranch, oldBranches } from '../src/store/ci-branches.ts';
import { describeError } from '../src/util/errors.ts';
import { type Context, projectOf } from './context.ts';

/**
 * Takes the branches off the repositories of CIs that were pushed longer ago than the project wants, and that no run is about any more. One that
 * fails is logged, and tried again at the next look.
 * @returns how many
 */
export async function expireCiBranches(context: Context, project: string): Promise<number> {
  const { store, clock, log } = context;
  const { runner } = projectOf(context, project).build;
  if (runner.kind === 'local' || runner.expire === null) return 0;
  const old = await oldBranches(store.db, project, clock.now() - runner.expire * 1000);
  let gone = 0;
  for (const [remote, branches] of Map.groupBy(old, (branch) => branch.remote)) {
    try {
      const done: CiBranch[] = [];
      for (const branch of branches)
        if ((await runningWith(store.db, project, branch.commit)).length === 0) done.push(branch);
      const mirror = await context.mirrorOf(project);
      const commits = done.map(({ commit }) => commit);
      await mirror.removeForCi(remote, commits);
      await store.transaction(async (tx) => {
        for (const branch of done) await forgetBranch(tx, branch);
      });
      gone += done.length;
    } catch (error) {
      log.warn({ project }, describeError(error));
    }
  }
  if (gone > 0) log.info({ project, gone }, 'branches of the CI removed');
  return gone;
}
