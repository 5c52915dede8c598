import type { Db } from './schema.ts';

/** Message-IDs of cover and patches of a series. */
export async function seriesMails(db: Db, project: string, key: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('series_message')
    .innerJoin('series', 'series.id', 'series_message.series')
    .select('series_message.msgid')
    .where('series.project', '=', project)
    .where('series.key', '=', key)
    .execute();
  return rows.map(({ msgid }) => msgid);
}
