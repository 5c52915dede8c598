import type { Selectable } from 'kysely';
import type { Address } from '../mail/message.ts';
import { chunks } from './chunks.ts';
import { numberPeople } from './people.ts';
import type { Db, Tx } from './schema.ts';
import type { ListedSeriesTable } from './schema-listed.ts';

/** A series as lists of the APIs sort and filter it. */
export type ListedSeries = Selectable<ListedSeriesTable>;

/** A series as it was derived, to be listed. */
export interface NewListedSeries {
  readonly project: string;
  readonly key: string;
  /** Of its first mail. */
  readonly msgid: string;
  readonly name: string;
  readonly from: Address;
  readonly posted: number;
  readonly version: number;
  /** Message-IDs of cover and patches. */
  readonly members: readonly string[];
}

/** What came of listing series. */
export interface ListedNews {
  /** Numbers of all of them, by `project key`. */
  readonly numbers: ReadonlyMap<string, number>;
  /** Those that had none before. */
  readonly created: readonly NewListedSeries[];
}

/**
 * Lists the series of components, each under the number that it has had: that of its key, else of its first mail, else of any of its mails,
 * so that neither a late cover nor a late patch changes it.
 * @param msgids all mails of the components
 */
export async function listSeriesOf(
  tx: Tx,
  msgids: readonly string[],
  series: readonly NewListedSeries[],
): Promise<ListedNews> {
  const old = await listedWith(tx, msgids);
  const people = await numberPeople(
    tx,
    series.map(({ from }) => from),
  );
  const taken = new Map<number, NewListedSeries>();
  const numbers = new Map<string, number>();
  const named = new Map<string, ListedSeries[]>();
  for (const row of old)
    for (const name of [`${row.project} ${row.key}`, `${row.project} ${row.msgid}`])
      named.set(name, [...(named.get(name) ?? []), row]);
  const take = (names: (one: NewListedSeries) => readonly string[]): void => {
    for (const one of series) {
      if (numbers.has(idOf(one))) continue;
      const rows = names(one).flatMap((name) => named.get(`${one.project} ${name}`) ?? []);
      const row = rows.find(({ id }) => !taken.has(id));
      if (row === undefined) continue;
      taken.set(row.id, one);
      numbers.set(idOf(one), row.id);
    }
  };
  take(({ key }) => [key]);
  take(({ msgid }) => [msgid]);
  take(({ members }) => members);
  for (const row of old) {
    const one = taken.get(row.id);
    const changed = one === undefined ? { live: 0 as const } : valuesOf(one, people);
    if (Object.entries(changed).every(([name, value]) => row[name as keyof ListedSeries] === value)) continue;
    await tx.updateTable('listed_series').set(changed).where('id', '=', row.id).execute();
  }
  const fresh = series.filter((one) => !numbers.has(idOf(one)));
  const created = [...new Map(fresh.map((one) => [idOf(one), one])).values()];
  // Few rows a statement: each has many values.
  for (const part of chunks(created, 50)) {
    const values = part.map((one) => valuesOf(one, people));
    const made = tx.insertInto('listed_series').values(values).returning(['id', 'project', 'key']);
    for (const row of await made.execute()) numbers.set(idOf(row), row.id);
  }
  return { numbers, created };
}

function idOf({ project, key }: Pick<NewListedSeries, 'project' | 'key'>): string {
  return `${project} ${key}`;
}

function valuesOf(one: NewListedSeries, people: ReadonlyMap<string, number>) {
  const { project, key, msgid, name, posted, version, from } = one;
  const person = people.get(from.email.toLowerCase()) ?? 0;
  return { project, key, msgid, name, posted, version, person, live: 1 as const };
}

async function listedWith(tx: Tx, msgids: readonly string[]): Promise<readonly ListedSeries[]> {
  const rows: ListedSeries[] = [];
  for (const part of chunks(msgids))
    rows.push(...(await tx.selectFrom('listed_series').selectAll().where('msgid', 'in', part).execute()));
  return rows.toSorted((a, b) => a.id - b.id);
}

/** Whether the series of the store are listed; false for a store that was made before there were lists, until it is derived again. */
export async function isListed(db: Db): Promise<boolean> {
  const series = await db.selectFrom('series').select('id').limit(1).executeTakeFirst();
  const listed = await db.selectFrom('listed_series').select('id').limit(1).executeTakeFirst();
  return series === undefined || listed !== undefined;
}

/** The series with that number, null where none of today has it. */
export async function listedSeries(db: Db, id: number): Promise<ListedSeries | null> {
  const found = db.selectFrom('listed_series').selectAll().where('id', '=', id).where('live', '=', 1);
  return (await found.executeTakeFirst()) ?? null;
}

/** Series by number, also those that no series of today has. */
export async function listedSeriesById(db: Db, ids: readonly number[]): Promise<ReadonlyMap<number, ListedSeries>> {
  const found = new Map<number, ListedSeries>();
  for (const part of chunks(ids)) {
    const rows = await db.selectFrom('listed_series').selectAll().where('id', 'in', part).execute();
    for (const row of rows) found.set(row.id, row);
  }
  return found;
}

/** Series that have one of these mails as cover or patch, by number; with the mail that was asked for. */
export async function listedSeriesWith(
  db: Db,
  msgids: readonly string[],
): Promise<readonly (ListedSeries & { readonly member: string })[]> {
  const rows: (ListedSeries & { readonly member: string })[] = [];
  for (const part of chunks(msgids)) {
    const found = db
      .selectFrom('series_message')
      .innerJoin('series', 'series.id', 'series_message.series')
      .innerJoin('listed_series', (on) =>
        on.onRef('listed_series.project', '=', 'series.project').onRef('listed_series.key', '=', 'series.key'),
      )
      .selectAll('listed_series')
      .select('series_message.msgid as member')
      .where('series_message.msgid', 'in', part)
      .where('listed_series.live', '=', 1);
    rows.push(...(await found.execute()));
  }
  return rows.toSorted((a, b) => a.id - b.id);
}
