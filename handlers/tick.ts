import type { Context } from './context.ts';
import { describeError } from '../src/util/errors.ts';
import { keepPulse } from '../src/store/pulses.ts';
import { applyAgain } from './apply-again.ts';
import { expireOld } from './expire-refs.ts';
import { upstreamMoved } from './upstream-moved.ts';

/** How often upstream is looked at, in ms. */
export const UPSTREAM_EVERY_MS = 600_000;

/**
 * Looks at upstream for every project, tries open series again, and takes away what is old. One that cannot be reached is logged and
 * does not stop the others; how each went is kept as its sign of life.
 */
export async function watchUpstreams(context: Context): Promise<void> {
  for (const project of context.config.projects) {
    if (project.git === null) continue;
    let fault: string | null = null;
    try {
      const news = await upstreamMoved(context, project.name);
      await applyAgain(context, project.name);
      await expireOld(context, project.name);
      if (news.moved.length > 0) context.log.info({ project: project.name, ...news }, 'upstream moved');
    } catch (error) {
      fault = describeError(error);
      context.log.error({ project: project.name }, fault);
    }
    const pulse = { name: `upstream ${project.name}`, error: fault, every: UPSTREAM_EVERY_MS, at: context.clock.now() };
    await context.store.transaction((tx) => keepPulse(tx, pulse));
  }
}
