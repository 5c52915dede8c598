import { amendMirror, expirable, mirrorOf } from '../src/store/mirrors.ts';
import { seriesByKey } from '../src/store/series.ts';
import { describeError } from '../src/util/errors.ts';
import { type Context, projectOf } from './context.ts';
import { landedPatches } from './queue.ts';

/**
 * Takes the branches of series off the remotes that a later version replaces or that upstream has as a whole, once they are as old as
 * the project wants. A bundle of each is kept. One that fails is logged, and tried again at the next look.
 * @returns how many
 */
export async function expireOld(context: Context, project: string): Promise<number> {
  const { store, clock, log } = context;
  const { git } = projectOf(context, project);
  if (git === null || git.expire === null) return 0;
  let expired = 0;
  for (const { key, result } of await expirable(store.db, project, clock.now() - git.expire * 1000)) {
    try {
      const stored = await seriesByKey(store.db, project, key);
      if (stored === null) continue;
      const { state, patches } = stored.series;
      if (state !== 'superseded' && (await landedPatches(context, stored)).length < patches.length) continue;
      const mirror = await context.mirrorOf(project);
      if (!(await mirror.expire(result))) continue;
      const at = new Date(clock.now()).toISOString();
      await store.transaction(async (tx) => {
        const now = await mirrorOf(tx, project, key);
        if (now?.result.ref === result.ref) await amendMirror(tx, { project, key }, { ...now.result, expired: at });
      });
      log.info({ project, series: stored.series.msgid, ref: result.ref }, 'refs expired');
      expired++;
    } catch (error) {
      log.warn({ project, ref: result.ref }, describeError(error));
    }
  }
  return expired;
}
