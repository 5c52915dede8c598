import type { MirrorResult } from '../src/mirror/mirror.ts';
import { amendMirror, mirrorOf } from '../src/store/mirrors.ts';
import { seriesByKey, type SeriesKey, type StoredSeries } from '../src/store/series.ts';
import type { Context } from './context.ts';
import { requestOf } from './series-complete.ts';
import type { Keep } from './stage.ts';
import { tagNotes } from './tag-notes.ts';

/**
 * Publishes what reviewers have said of an applied series since: a branch with their tags in the messages, and notes on the commits.
 * The commits that were published stay, and nothing is built again.
 */
export async function tagsArrived(context: Context, of: SeriesKey): Promise<Keep> {
  const { db } = context.store;
  const stored = await seriesByKey(db, of.project, of.key);
  const known = await mirrorOf(db, of.project, of.key);
  if (stored === null || stored.series.state === 'superseded' || known?.result.state !== 'applied')
    return async () => {};
  if (known.result.expired !== undefined) return async () => {};
  const acked = await publishTags(context, stored, known.result);
  if (acked === null || acked === known.result.acked) return async () => {};
  context.log.info({ ...of, ref: acked }, 'tags published');
  return async (tx) => {
    // What was kept in the meantime is not taken back.
    const now = await mirrorOf(tx, of.project, of.key);
    if (now?.result.ref === known.result.ref) await amendMirror(tx, of, { ...now.result, acked });
  };
}

/**
 * Pushes the branch with later tags, where there are any, and the notes on all commits of a series.
 * @returns the branch, or null
 */
export async function publishTags(
  context: Context,
  stored: StoredSeries,
  applied: MirrorResult,
): Promise<string | null> {
  const mirror = await context.mirrorOf(stored.series.project);
  const acked = await mirror.acked(await requestOf(context, stored), applied);
  if (acked !== null) await mirror.publish(acked.ref);
  await mirror.annotate(
    new Map([
      ...tagNotes(stored, applied, applied.commits),
      ...(acked === null ? [] : tagNotes(stored, applied, acked.commits)),
    ]),
  );
  return acked?.ref ?? null;
}
