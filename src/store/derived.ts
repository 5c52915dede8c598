import type { Insertable } from 'kysely';
import type { Disposition, Series } from '../series/series.ts';
import { chunks } from './chunks.ts';
import { replaceDispositions } from './dispositions.ts';
import { tagsText } from './documents.ts';
import type { SeriesTable, Tx } from './schema.ts';
import { searchComponents } from './search-rows.ts';
import type { SeriesKey, SeriesRow } from './series.ts';

/** All that was derived of one component. */
export interface Derived {
  readonly component: number;
  readonly rows: readonly SeriesRow[];
  readonly dispositions: readonly Disposition[];
}

/** What a derivation brought that was never seen before, so that handlers act once. Known keys stay known through a rebuild. */
export interface SeriesNews {
  readonly fresh: readonly SeriesKey[];
  /** Complete now, and never before; a new series that is complete at once is in both lists. */
  readonly completed: readonly SeriesKey[];
}

/** Puts what was derived of components in the place of what was there: many at once, because each statement is a journey to a server. */
export async function replaceDerived(tx: Tx, derived: readonly Derived[]): Promise<SeriesNews> {
  for (const part of chunks(derived.map(({ component }) => component))) {
    const old = tx.selectFrom('series').select('id').where('component', 'in', part);
    await tx.deleteFrom('series_message').where('series', 'in', old).execute();
    await tx.deleteFrom('series').where('component', 'in', part).execute();
  }
  await insertSeries(tx, derived);
  await replaceDispositions(tx, derived);
  await searchComponents(
    tx,
    derived.map(({ component }) => component),
  );
  return newsOf(
    tx,
    derived.flatMap(({ rows }) => rows.map((row) => row.series)),
  );
}

/** `replaceDerived` for one component. */
export function replaceSeries(
  tx: Tx,
  component: number,
  rows: readonly SeriesRow[],
  dispositions: readonly Disposition[],
): Promise<SeriesNews> {
  return replaceDerived(tx, [{ component, rows, dispositions }]);
}

/** The tags of the series of components as they are kept, by `seriesId`: to see whether they change. */
export async function tagTexts(tx: Tx, components: readonly number[]): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const part of chunks(components)) {
    const rows = tx.selectFrom('series').select(['project', 'key', 'tags']).where('component', 'in', part);
    for (const { project, key, tags } of await rows.execute()) texts.set(`${project} ${key}`, tags);
  }
  return texts;
}

async function insertSeries(tx: Tx, derived: readonly Derived[]): Promise<void> {
  const all = derived.flatMap(({ component, rows }) => rows.map((row) => ({ row, values: valuesOf(component, row) })));
  for (const part of chunks(all)) {
    const made = await tx
      .insertInto('series')
      .values(part.map(({ values }) => values))
      .returning(['id', 'component', 'project', 'key'])
      .execute();
    // An engine may give the ids in any order.
    const ids = Map.groupBy(made, placeOf);
    const members = part.flatMap(({ row, values }) => {
      const id = ids.get(placeOf(values))?.shift()?.id;
      if (id === undefined) throw new Error(`no id for series ${values.key}`);
      return [...msgidsOf(row.series)].map((msgid) => ({ msgid, series: id }));
    });
    for (const some of chunks(members)) await tx.insertInto('series_message').values(some).execute();
  }
}

function placeOf({ component, project, key }: Pick<Insertable<SeriesTable>, 'component' | 'project' | 'key'>): string {
  return `${component} ${project} ${key}`;
}

function msgidsOf({ msgid, cover, patches }: Series): ReadonlySet<string> {
  return new Set([msgid, ...(cover === null ? [] : [cover]), ...patches.map((patch) => patch.msgid)]);
}

function valuesOf(component: number, { series, tags, readiness }: SeriesRow): Insertable<SeriesTable> {
  const { project, key, msgid, change, version, revision, state, posted, author } = series;
  return {
    project,
    key,
    component,
    msgid,
    change,
    version,
    revision,
    state,
    posted,
    readiness: readiness.state,
    author: `${author.name} <${author.email}>`.toLowerCase(),
    document: JSON.stringify(series),
    tags: tagsText(tags),
    readiness_document: JSON.stringify(readiness),
  };
}

async function newsOf(tx: Tx, all: readonly Series[]): Promise<SeriesNews> {
  const seen = await seenOf(tx, all);
  const raised = new Map<string, { project: string; key: string; complete: 0 | 1 }>();
  const fresh: SeriesKey[] = [];
  const completed: SeriesKey[] = [];
  for (const { project, key, complete } of all) {
    const id = `${project} ${key}`;
    const before = seen.get(id);
    if (before === undefined) fresh.push({ project, key });
    if (complete && before !== 1) completed.push({ project, key });
    const flag = complete || before === 1 ? 1 : 0;
    if (before === flag) continue;
    seen.set(id, flag);
    raised.set(id, { project, key, complete: flag });
  }
  for (const part of chunks(raised.values())) {
    const insert = tx.insertInto('series_seen').values(part);
    await insert
      .onConflict((on) =>
        on.columns(['project', 'key']).doUpdateSet((eb) => ({ complete: eb.ref('excluded.complete') })),
      )
      .execute();
  }
  return { fresh, completed };
}

async function seenOf(tx: Tx, all: readonly Series[]): Promise<Map<string, 0 | 1>> {
  const seen = new Map<string, 0 | 1>();
  for (const part of chunks(all.map(({ key }) => key))) {
    const rows = tx.selectFrom('series_seen').selectAll().where('key', 'in', part);
    for (const { project, key, complete } of await rows.execute()) seen.set(`${project} ${key}`, complete);
  }
  return seen;
}
