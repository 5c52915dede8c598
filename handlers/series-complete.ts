import type { Base, MirrorRequest, MirrorResult } from '../src/mirror/mirror.ts';
import type { Series } from '../src/series/series.ts';
import { enqueue } from '../src/store/jobs.ts';
import { mirrorOf, saveMirror } from '../src/store/mirrors.ts';
import {
  listSeries,
  seriesByKey,
  seriesByMsgid,
  type SeriesKey,
  seriesWithPatch,
  type StoredSeries,
} from '../src/store/series.ts';
import type { Tx } from '../src/store/schema.ts';
import { PatchloomError } from '../src/util/errors.ts';
import { type Context, projectOf } from './context.ts';
import { judgeAgain } from './judge.ts';
import { type ApplyKey, tagsJob } from './series-jobs.ts';
import { buildJob, hasBuilds } from './mirror-published.ts';
import { reportJob } from './report-job.ts';
import { patchesOf } from './series-patches.ts';
import { lateTags } from './tag-notes.ts';
import type { Keep } from './stage.ts';

/** Applies a complete series on its base and publishes the ref. Without effect where that was done before. */
export async function seriesComplete(context: Context, { base, ...of }: ApplyKey): Promise<Keep> {
  const stored = await seriesByKey(context.store.db, of.project, of.key);
  if (!stored) return async () => {};
  const known = await mirrorOf(context.store.db, of.project, of.key);
  const done = base === undefined && known?.result.state === 'applied' ? known.result : null;
  const result = done ?? (await applyNow(context, stored, base ?? null));
  if (result.state === 'error') throw new PatchloomError('GIT_FAILED', `${stored.series.msgid}: ${result.reason}`);
  if (result.ref !== null) await (await context.mirrorOf(of.project)).publish(result.ref);
  context.log.info({ ...of, state: result.state, ref: result.ref, reason: result.reason }, 'series mirrored');
  const tagged = result.ref !== null && lateTags(stored).length > 0;
  return async (tx) => {
    await keepMirror(tx, context, of, result);
    if (tagged) await enqueue(tx, tagsJob(of), context.clock.now());
  };
}

/** Fetches upstream, then `applyFetched`. */
export async function applyNow(
  context: Context,
  stored: StoredSeries,
  base: string | null = null,
): Promise<MirrorResult> {
  await (await context.mirrorOf(stored.series.project)).fetch();
  return applyFetched(context, stored, base);
}

/**
 * Applies a series on upstream as it was fetched last.
 * @param base branch or commit that a person asked for, or null for the rules
 */
export async function applyFetched(context: Context, stored: StoredSeries, base: string | null): Promise<MirrorResult> {
  const mirror = await context.mirrorOf(stored.series.project);
  return mirror.apply(await requestOf(context, stored), base);
}

/** What the mirror is asked for a series as the store has it now. @throws PatchloomError INCOMPLETE, NOT_FOUND */
export async function requestOf(context: Context, stored: StoredSeries): Promise<MirrorRequest> {
  const { project, key, msgid, version, revision, subject, date, target } = stored.series;
  const { patches, baseCommit, basedOn, prerequisites } = await patchesOf(
    context.store.db,
    stored,
    projectOf(context, project).git?.trailer,
  );
  const others = [
    ...(await prerequisiteOf(context, stored, prerequisites)),
    ...(await otherSeries(context, stored, basedOn)),
  ];
  return { project, key, msgid, version, revision, subject, date, baseCommit, target, patches, others };
}

/**
 * The commit of the last patch that a series says to need, where that is applied: all the others stand below it, or the series does not
 * apply there. At most one.
 */
async function prerequisiteOf(context: Context, stored: StoredSeries, ids: readonly string[]): Promise<Base[]> {
  const { db } = context.store;
  const { project, change } = stored.series;
  const last = ids.at(-1);
  for (const { series } of last === undefined ? [] : await seriesWithPatch(db, project, last)) {
    const known = series.change === change ? null : await mirrorOf(db, project, series.key);
    const commit = known?.result.state === 'applied' ? known.result.commits[indexOf(series, last)] : undefined;
    if (commit !== undefined) return [{ rule: 'prerequisite', name: series.msgid, commit }];
  }
  return [];
}

function indexOf({ patches }: Series, patchId: string | undefined): number {
  return patches.findIndex((patch) => patch.patchId === patchId);
}

const MOST_IN_FLIGHT = 5;

/** Applied series that this one may stand on: those that it names, and the last ones that its author has posted before it. */
async function otherSeries(context: Context, stored: StoredSeries, basedOn: readonly string[]): Promise<Base[]> {
  const { db } = context.store;
  const { project, change, author, posted } = stored.series;
  const named = await Promise.all(basedOn.map((msgid) => seriesByMsgid(db, msgid, project)));
  const query = { project, state: 'complete' as const, author: author.email, limit: 20 };
  const inFlight = (await listSeries(db, query)).filter(
    ({ series }) => series.change !== change && series.posted <= posted,
  );
  const bases: Base[] = [];
  for (const [rule, list] of [
    ['based-on', named],
    ['in-flight', inFlight.slice(0, MOST_IN_FLIGHT)],
  ] as const)
    for (const other of list) {
      const known = other === null ? null : await mirrorOf(db, project, other.series.key);
      if (other && known?.result.state === 'applied' && known.result.tip !== null)
        bases.push({ rule, name: other.series.msgid, commit: known.result.tip });
    }
  return bases;
}

/** Keeps a result; what applies goes on to the gate, what does not to the report. */
async function keepMirror(tx: Tx, context: Context, of: SeriesKey, result: MirrorResult): Promise<void> {
  const now = context.clock.now();
  await saveMirror(tx, of, result, now);
  await judgeAgain(tx, context, of);
  const builds = result.state === 'applied' && hasBuilds(projectOf(context, of.project));
  await enqueue(tx, builds ? buildJob(of) : reportJob(of), now);
}
