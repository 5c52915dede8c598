import type { Context } from './context.ts';
import { describeError } from '../src/util/errors.ts';
import { upstreamMoved } from './upstream-moved.ts';

/** Brings the upstream branches of every project up to date, and tries again what did not apply. One that cannot be reached is logged and does not stop the others. */
export async function fetchUpstreams(context: Context): Promise<void> {
  for (const project of context.config.projects) {
    if (project.git === null) continue;
    try {
      await (await context.mirrorOf(project.name)).fetch();
      await upstreamMoved(context, project.name);
    } catch (error) {
      context.log.error({ project: project.name }, describeError(error));
    }
  }
}
