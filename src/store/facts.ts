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
  const marks = await marksOfAll(db, all);
  return all.map(({ series, tags, readiness }, at) => ({
    series,
    tags,
    readiness,
    mirror: mirrors.get(seriesId(series))?.result ?? null,
    checks: checks.get(seriesId(series)) ?? [],
    marks: marks[at] ?? new Map(),
  }));
}

/** What people have set of the patches of each series, by Message-ID; in the order of the series. */
export async function marksOfAll(
  db: Db,
  all: readonly Pick<StoredSeries, 'series'>[],
): Promise<readonly SeriesFacts['marks'][]> {
  const msgids = all.flatMap(({ series }) => series.patches.map(({ msgid }) => msgid));
  const marks = await markedPatches(db, msgids);
  return all.map(({ series }) => marksOf(series, marks));
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
