import type { Series } from '../series/series.ts';
import type { Db } from './schema.ts';

/** Series of a project that were posted at or after a time, whatever their state. */
export async function seriesSince(db: Db, project: string, posted: number): Promise<readonly Series[]> {
  const rows = await db
    .selectFrom('series')
    .select('document')
    .where('project', '=', project)
    .where('posted', '>=', posted)
    .orderBy('posted')
    .orderBy('msgid')
    .execute();
  return rows.map(({ document }) => JSON.parse(document) as Series);
}

/** Id of the newest mail, 0 where there is none. */
export async function newestMail(db: Db): Promise<number> {
  const row = await db
    .selectFrom('message')
    .select(({ fn }) => fn.max('id').as('id'))
    .executeTakeFirst();
  return row?.id ?? 0;
}

/** Time of posting of the oldest series of a project that has a mail newer than `mail` (an id); null where none has. Epoch ms. */
export async function oldestNews(db: Db, project: string, mail: number): Promise<number | null> {
  const row = await db
    .selectFrom('series')
    .innerJoin('series_message', 'series_message.series', 'series.id')
    .innerJoin('message', 'message.msgid', 'series_message.msgid')
    .select(({ fn }) => fn.min('series.posted').as('posted'))
    .where('series.project', '=', project)
    .where('message.id', '>', mail)
    .executeTakeFirst();
  return row?.posted ?? null;
}
