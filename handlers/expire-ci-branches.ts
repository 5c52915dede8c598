import { runningWith } from '../src/store/build-runs.ts';
import { type CiBranch, forgetBranch, oldBranches } from '../src/store/ci-branches.ts';
import { describeError } from '../src/util/errors.ts';
import { type Context, projectOf } from './context.ts';

/**
 * Takes the branches off the repository of a CI that were pushed longer ago than the project wants, and that no run is about any more. Where it
 * fails that is logged, and tried again at the next look.
 * @returns how many
 */
export async function expireCiBranches(context: Context, project: string): Promise<number> {
  const { store, clock, log } = context;
  const { runner } = projectOf(context, project).build;
  if (runner.kind === 'local' || runner.expire === null) return 0;
  const gone: CiBranch[] = [];
  for (const branch of await oldBranches(store.db, project, clock.now() - runner.expire * 1000))
    if ((await runningWith(store.db, project, branch.commit)).length === 0) gone.push(branch);
  if (gone.length === 0) return 0;
  try {
    const mirror = await context.mirrorOf(project);
    await mirror.removeForCi(
      runner.push,
      gone.map(({ commit }) => commit),
    );
    await store.transaction(async (tx) => {
      for (const branch of gone) await forgetBranch(tx, branch);
    });
  } catch (error) {
    log.warn({ project }, describeError(error));
    return 0;
  }
  log.info({ project, gone: gone.length }, 'branches of the CI removed');
  return gone.length;
}
