import type { Selectable } from 'kysely';
import { among } from './among.ts';
import type { Db, Tx } from './schema.ts';
import type { EventCategory, EventTable } from './schema-listed.ts';

/** Something that has happened; see `EventTable`. */
export type StoredEvent = Selectable<EventTable>;

/** Something that happens now. */
export interface NewEvent {
  readonly project: string;
  readonly category: EventCategory;
  readonly posting?: number;
  readonly series?: number;
  readonly actor?: number;
  /** What the tables will not tell any more: states and delegates before and after. */
  readonly detail?: Readonly<Record<string, string | number | null>>;
}

/** Rows of one statement: each has many values. */
const ROWS = 100;

/** Writes down what happens, in the transaction in which it does. */
export async function saveEvents(tx: Tx, events: readonly NewEvent[], now: number): Promise<void> {
  for (let at = 0; at < events.length; at += ROWS) {
    const values = events.slice(at, at + ROWS).map(({ project, category, posting, series, actor, detail }) => ({
      project,
      category,
      at: now,
      posting: posting ?? null,
      series: series ?? null,
      actor: actor ?? null,
      document: JSON.stringify(detail ?? {}),
    }));
    await tx.insertInto('event').values(values).execute();
  }
}

/** Which events are asked for. */
export interface EventQuery {
  readonly projects?: readonly string[];
  readonly categories?: readonly string[];
  readonly posting?: number;
  readonly series?: number;
  readonly actor?: number;
  /** Epoch ms: at or after. */
  readonly since?: number;
  /** Epoch ms: before. */
  readonly before?: number;
  readonly oldestFirst: boolean;
  readonly offset: number;
  readonly limit: number;
}

/** One page of events and how many there are in all. */
export async function listEvents(
  db: Db,
  query: EventQuery,
): Promise<{ readonly rows: readonly StoredEvent[]; readonly total: number }> {
  const { projects, categories, posting, series, actor, since, before } = query;
  let found = db.selectFrom('event');
  if (projects !== undefined) found = found.where((eb) => among(eb, 'project', projects));
  if (categories !== undefined) found = found.where((eb) => among(eb, 'category', categories));
  if (posting !== undefined) found = found.where('posting', '=', posting);
  if (series !== undefined) found = found.where('series', '=', series);
  if (actor !== undefined) found = found.where('actor', '=', actor);
  if (since !== undefined) found = found.where('at', '>=', since);
  if (before !== undefined) found = found.where('at', '<', before);
  const order = query.oldestFirst ? 'asc' : 'desc';
  const rows = found.selectAll().orderBy('at', order).orderBy('id', order).offset(query.offset).limit(query.limit);
  const total = await found.select(({ fn }) => fn.countAll<number>().as('n')).executeTakeFirst();
  return { rows: await rows.execute(), total: total?.n ?? 0 };
}
