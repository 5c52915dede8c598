import type { MarkView, SeriesFacts } from '../report/view.ts';
import type { Series } from '../series/series.ts';
import { checksOf } from './checks.ts';
import { mirrorOf } from './mirrors.ts';
import { markedPatches, type PatchMark } from './patch-marks.ts';
import type { Db } from './schema.ts';
import type { StoredSeries } from './series.ts';

/** Everything that is known of a series: what mail says, and what came of its mirror and its checks. */
export async function factsOf(db: Db, { series, tags, readiness }: StoredSeries): Promise<SeriesFacts> {
  const mirror = await mirrorOf(db, series.project, series.key);
  const checks = await checksOf(db, series.project, series.key);
  const marks = await marksOf(db, series);
  return { series, tags, readiness, mirror: mirror?.result ?? null, checks, marks };
}

async function marksOf(db: Db, { project, patches }: Series): Promise<ReadonlyMap<string, MarkView>> {
  const marks = await markedPatches(
    db,
    patches.map(({ msgid }) => msgid),
  );
  return new Map(
    patches.flatMap(({ msgid }) => {
      const mark = marks.get(`${project} ${msgid}`);
      return mark === undefined ? [] : [[msgid, markView(mark)] as const];
    }),
  );
}

function markView({ state, archived, delegate, commit_ref, by, at }: PatchMark): MarkView {
  return { state, archived: archived === 1, delegate, commit_ref, by, date: new Date(at).toISOString() };
}
