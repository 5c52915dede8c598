import type { Context } from './context.ts';
import { describeError, PatchloomError } from '../src/util/errors.ts';
import { applyAgain } from './apply-again.ts';
import { expireOld } from './expire-refs.ts';
import { isoDate, tellOperator } from './notices.ts';
import { upstreamMoved } from './upstream-moved.ts';

/** Looks at upstream for every project, tries open series again, and takes away what is old. One that cannot be reached is logged and does not stop the others. */
export async function watchUpstreams(context: Context): Promise<void> {
  for (const project of context.config.projects) {
    if (project.git === null) continue;
    try {
      const news = await upstreamMoved(context, project.name);
      await applyAgain(context, project.name);
      await expireOld(context, project.name);
      if (news.moved.length > 0) context.log.info({ project: project.name, ...news }, 'upstream moved');
    } catch (error) {
      context.log.error({ project: project.name }, describeError(error));
      if (error instanceof PatchloomError && error.code === 'DISK_BUDGET')
        await tellOfDisk(context, project.name, error);
    }
  }
}

/** Once a month, while it lasts. */
async function tellOfDisk(context: Context, project: string, error: PatchloomError): Promise<void> {
  const outcome = `disk ${project} ${isoDate(context.clock.now()).slice(0, 7)}`;
  const subject = `${project}: the mirror has no room left`;
  await context.store.transaction((tx) => tellOperator(tx, context, { outcome, subject, text: describeError(error) }));
}
