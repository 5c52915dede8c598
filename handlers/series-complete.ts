import type { MirrorResult } from '../src/mirror/mirror.ts';
import { enqueue } from '../src/store/jobs.ts';
import { mirrorOf, saveMirror } from '../src/store/mirrors.ts';
import { seriesByKey, type SeriesKey, type StoredSeries } from '../src/store/series.ts';
import type { Tx } from '../src/store/schema.ts';
import { PatchloomError } from '../src/util/errors.ts';
import { type Context, projectOf } from './context.ts';
import { buildJob, hasBuilds } from './mirror-published.ts';
import { reportJob } from './run-finished.ts';
import { patchesOf } from './series-patches.ts';
import type { Keep } from './stage.ts';

/** Applies a complete series on its base and publishes the ref. Without effect where that was done before. */
export async function seriesComplete(context: Context, of: SeriesKey): Promise<Keep> {
  const stored = await seriesByKey(context.store.db, of.project, of.key);
  if (!stored) return async () => {};
  const known = await mirrorOf(context.store.db, of.project, of.key);
  const result = known?.result.state === 'applied' ? known.result : await applyNow(context, stored);
  if (result.state === 'error') throw new PatchloomError('GIT_FAILED', `${stored.series.msgid}: ${result.reason}`);
  if (result.ref !== null) await (await context.mirrorOf(of.project)).publish(result.ref);
  context.log.info({ ...of, state: result.state, ref: result.ref, reason: result.reason }, 'series mirrored');
  return (tx) => keepMirror(tx, context, of, result);
}

/** @param base branch or commit that a person asked for, or null for the rules */
export async function applyNow(
  context: Context,
  stored: StoredSeries,
  base: string | null = null,
): Promise<MirrorResult> {
  const { series } = stored;
  const mirror = await context.mirrorOf(series.project);
  const { patches, baseCommit } = await patchesOf(context.store.db, stored);
  await mirror.fetch();
  const { project, key, msgid, version, revision, subject, date, target } = series;
  return mirror.apply({ project, key, msgid, version, revision, subject, date, baseCommit, target, patches }, base);
}

/** Keeps a result; what applies goes on to the gate, what does not to the report. */
async function keepMirror(tx: Tx, context: Context, of: SeriesKey, result: MirrorResult): Promise<void> {
  const now = context.clock.now();
  await saveMirror(tx, of, result, now);
  const builds = result.state === 'applied' && hasBuilds(projectOf(context, of.project));
  await enqueue(tx, builds ? buildJob(of) : reportJob(of), now);
}
