import { among } from './among.ts';
import type { Db } from './schema.ts';

/** An event as other programs are told of it. */
export interface ToldEvent {
  readonly id: number;
  readonly project: string;
  readonly category: string;
  /** Epoch ms. */
  readonly at: number;
  /** The cover, patch or comment that it is about. */
  readonly mail: { readonly msgid: string; readonly subject: string } | null;
  readonly series: { readonly msgid: string; readonly subject: string; readonly version: number } | null;
  /** States and delegates before and after, the check. */
  readonly detail: object;
}

/** Which events a program wants; an empty list stands for all. */
export interface EventWish {
  readonly projects: readonly string[];
  readonly events: readonly string[];
}

/** Number of the newest event, 0 where there is none. */
export async function newestEvent(db: Db): Promise<number> {
  const row = await db
    .selectFrom('event')
    .select(({ fn }) => fn.max('id').as('id'))
    .executeTakeFirst();
  return row?.id ?? 0;
}

/** The first event after that number that is wanted; null where there is none. */
export async function nextToldEvent(db: Db, after: number, { projects, events }: EventWish): Promise<ToldEvent | null> {
  let found = db
    .selectFrom('event')
    .leftJoin('posting', 'posting.id', 'event.posting')
    .leftJoin('listed_series', 'listed_series.id', 'event.series')
    .where('event.id', '>', after);
  if (projects.length > 0) found = found.where('event.project', 'in', projects);
  if (events.length > 0) found = found.where((eb) => among(eb, 'event.category', events));
  const row = await found
    .select(['event.id', 'event.project', 'event.category', 'event.at', 'event.document'])
    .select(['posting.msgid as mail', 'posting.name as subject'])
    .select(['listed_series.msgid as series', 'listed_series.name as title', 'listed_series.version'])
    .orderBy('event.id')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return null;
  const { id, project, category, at, mail, subject, series, title, version } = row;
  return {
    id,
    project,
    category,
    at,
    mail: mail === null || subject === null ? null : { msgid: mail, subject },
    series: series === null || title === null ? null : { msgid: series, subject: title, version: version ?? 1 },
    detail: JSON.parse(row.document) as object,
  };
}
