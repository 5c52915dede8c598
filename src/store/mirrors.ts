import type { Selectable } from 'kysely';
import type { MirrorResult, MirrorState } from '../mirror/mirror.ts';
import { chunks } from './chunks.ts';
import type { Db, MirrorTable, Tx } from './schema.ts';
import type { SeriesKey } from './series.ts';

/** What came of applying a series on one base. Times are epoch ms. */
export interface StoredMirror extends SeriesKey {
  readonly result: MirrorResult;
  readonly attempts: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

/** Keeps the result of one attempt; an earlier result of the same series on the same base is replaced, its attempts counted on. */
export async function saveMirror(tx: Tx, of: SeriesKey, result: MirrorResult, now: number): Promise<void> {
  const changed = { state: result.state, document: JSON.stringify(result), last_at: now };
  const { project, key } = of;
  await tx
    .insertInto('mirror')
    .values({ project, key, base: result.base?.commit ?? '', attempts: 1, first_at: now, ...changed })
    .onConflict((on) =>
      on
        .columns(['project', 'key', 'base'])
        .doUpdateSet((eb) => ({ ...changed, attempts: eb('mirror.attempts', '+', 1) })),
    )
    .execute();
}

/** Adds to a result what was found later. No attempt is counted, and nothing happens where there is no result on that base. */
export async function amendMirror(tx: Tx, of: SeriesKey, result: MirrorResult): Promise<void> {
  const { project, key } = of;
  const row = tx
    .updateTable('mirror')
    .set({ document: JSON.stringify(result) })
    .where('project', '=', project);
  const base = result.base?.commit ?? '';
  await row.where('key', '=', key).where('base', '=', base).where('state', '=', result.state).execute();
}

/** The latest result; one of state `error` only where there is no other, because a failing machine takes nothing back. */
export async function mirrorOf(db: Db, project: string, key: string): Promise<StoredMirror | null> {
  return latest(await mirrorsOf(db, project, key));
}

function latest(all: readonly StoredMirror[]): StoredMirror | null {
  return all.find((one) => one.result.state !== 'error') ?? all[0] ?? null;
}

/** What `mirrorOf` gives for each of these series that has a result, by `seriesId`. */
export async function mirrorsOfSeries(
  db: Db,
  series: readonly SeriesKey[],
): Promise<ReadonlyMap<string, StoredMirror>> {
  const found: StoredMirror[] = [];
  const projects = [...new Set(series.map(({ project }) => project))];
  for (const part of chunks(series.map(({ key }) => key))) {
    const rows = db.selectFrom('mirror').selectAll().where('project', 'in', projects).where('key', 'in', part);
    found.push(...(await rows.orderBy('last_at', 'desc').orderBy('id', 'desc').execute()).map(storedMirror));
  }
  const grouped = Map.groupBy(found, ({ project, key }) => `${project} ${key}`);
  return new Map(
    [...grouped].flatMap(([id, all]) => {
      const one = latest(all);
      return one === null ? [] : [[id, one] as const];
    }),
  );
}

/** The results on all bases, latest attempt first. */
export async function mirrorsOf(db: Db, project: string, key: string): Promise<readonly StoredMirror[]> {
  const found = db.selectFrom('mirror').selectAll().where('project', '=', project).where('key', '=', key);
  return (await found.orderBy('last_at', 'desc').orderBy('id', 'desc').execute()).map(storedMirror);
}

/** Applied results that have a commit, whatever the project, latest attempt first. `commit` is a full id. */
export async function mirrorsWith(db: Db, commit: string): Promise<readonly StoredMirror[]> {
  if (!/^[0-9a-f]{40,64}$/.test(commit)) return [];
  const found = db.selectFrom('mirror').selectAll().where('state', '=', 'applied');
  const rows = await found.where('document', 'like', `%"${commit}"%`).orderBy('last_at', 'desc').limit(20).execute();
  return rows.map(storedMirror).filter(({ result }) => result.commits.includes(commit));
}

/**
 * Applied series whose refs may go: made before a time, and replaced by a later version, or with a patch that upstream has.
 * @param before epoch ms
 */
export async function expirable(db: Db, project: string, before: number): Promise<readonly StoredMirror[]> {
  const landed = db
    .selectFrom('landed')
    .innerJoin('series_message', 'series_message.msgid', 'landed.msgid')
    .select('series_message.series')
    .where('landed.project', '=', project);
  const found = db
    .selectFrom('mirror')
    .innerJoin('series', (on) =>
      on.onRef('series.project', '=', 'mirror.project').onRef('series.key', '=', 'mirror.key'),
    )
    .selectAll('mirror')
    .where('mirror.project', '=', project)
    .where('mirror.state', '=', 'applied')
    .where('mirror.last_at', '<', before)
    .where('mirror.document', 'not like', '%"expired":%')
    .where((eb) => eb.or([eb('series.state', '=', 'superseded'), eb('series.id', 'in', landed)]));
  return (await found.execute()).map(storedMirror).filter(({ result }) => result.ref !== null);
}

function storedMirror(row: Selectable<MirrorTable>): StoredMirror {
  return {
    project: row.project,
    key: row.key,
    result: JSON.parse(row.document) as MirrorResult,
    attempts: row.attempts,
    firstAt: row.first_at,
    lastAt: row.last_at,
  };
}

/** How many applications there are of each project and state, for metrics. */
export async function countMirrors(
  db: Db,
): Promise<readonly { readonly project: string; readonly state: MirrorState; readonly count: number }[]> {
  const counted = db.selectFrom('mirror').select(['project', 'state', ({ fn }) => fn.countAll<number>().as('count')]);
  return counted.groupBy(['project', 'state']).orderBy('project').orderBy('state').execute();
}
