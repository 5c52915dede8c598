import type { MarkView, SeriesFacts } from '../report/view.ts';
import type { Series } from '../series/series.ts';
import { checksOfAll } from './checks.ts';
import { mirrorsOfSeries } from './mirrors.ts';
import { markedPatches, type PatchMark } from './patch-marks.ts';
import type { Db } from './schema.ts';
import type { SeriesKey, StoredSeries } from './series.ts';

/** Everything that is known of a series: what mail says, what came of its mirror and its checks, what people have set. */
export async function factsOf(db: Db, stored: StoredSeries): Promise<SeriesFacts> {
  const [facts] = await factsOfAll(db, [stored]);
  if (facts === undefined) throw new Error('one of one is missing');
  return facts;
}

/** `factsOf` of many series at once, in their order. */
export async function factsOfAll(db: Db, all: readonly StoredSeries[]): Promise<readonly SeriesFacts[]> {
  const keys = all.map(({ series }) => series);
  const mirrors = await mirrorsOfSeries(db, keys);
  const checks = await checksOfAll(db, keys);
  return (await withMarks(db, all)).map(({ series, tags, readiness, marks }) => ({
    series,
    tags,
    readiness,
    mirror: mirrors.get(seriesId(series))?.result ?? null,
    checks: checks.get(seriesId(series)) ?? [],
    marks,
  }));
}

/** Each of these with what people have set of the patches of its series, by Message-ID. */
export async function withMarks<One extends Pick<StoredSeries, 'series'>>(
  db: Db,
  all: readonly One[],
): Promise<readonly (One & Pick<SeriesFacts, 'marks'>)[]> {
  const msgids = all.flatMap(({ series }) => series.patches.map(({ msgid }) => msgid));
  const marks = await markedPatches(db, msgids);
  return all.map((one) => ({ ...one, marks: marksOf(one.series, marks) }));
}

function seriesId({ project, key }: SeriesKey): string {
  return `${project} ${key}`;
}

function marksOf({ project, patches }: Series, marks: ReadonlyMap<string, PatchMark>): ReadonlyMap<string, MarkView> {
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
