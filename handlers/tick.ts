import type { Context } from './context.ts';
import { keepPulse } from '../src/store/pulses.ts';
import { describeError, PatchloomError } from '../src/util/errors.ts';
import { applyAgain } from './apply-again.ts';
import { expireCiBranches } from './expire-ci-branches.ts';
import { expireOld } from './expire-refs.ts';
import { isoDate, tellOperator } from './notices.ts';
import { upstreamMoved } from './upstream-moved.ts';

/** How often upstream is looked at, in ms. */
export const UPSTREAM_EVERY_MS = 600_000;

/** Looks at the upstream of every project; one that cannot be reached does not stop the others. */
export async function watchUpstreams(context: Context): Promise<void> {
  for (const { name, git } of context.config.projects) if (git !== null) await watchUpstream(context, name);
}

/**
 * Looks at the upstream of a project, tries open series again, and takes away what is old. A fault is logged; how it went is kept as
 * the upstream's sign of life.
 */
export async function watchUpstream(context: Context, project: string): Promise<void> {
  let fault: string | null = null;
  try {
    const news = await upstreamMoved(context, project);
    await applyAgain(context, project);
    await expireOld(context, project);
    await expireCiBranches(context, project);
    if (news.moved.length > 0) context.log.info({ project, ...news }, 'upstream moved');
  } catch (error) {
    fault = describeError(error);
    context.log.error({ project }, fault);
    if (error instanceof PatchloomError && error.code === 'DISK_BUDGET') await tellOfDisk(context, project, error);
  }
  const pulse = { name: `upstream ${project}`, error: fault, every: UPSTREAM_EVERY_MS, at: context.clock.now() };
  await context.store.transaction((tx) => keepPulse(tx, pulse));
}

/** Once a month, while it lasts. */
async function tellOfDisk(context: Context, project: string, error: PatchloomError): Promise<void> {
  const outcome = `disk ${project} ${isoDate(context.clock.now()).slice(0, 7)}`;
  const subject = `${project}: the mirror has no room left`;
  await context.store.transaction((tx) => tellOperator(tx, context, { outcome, subject, text: describeError(error) }));
}
