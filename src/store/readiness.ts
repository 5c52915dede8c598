import type { Readiness } from '../review/tag.ts';
import type { Series } from '../series/series.ts';
import type { Tx } from './schema.ts';
import { waitingWords } from './search-rows.ts';
import type { SeriesKey } from './series.ts';

/** Puts a new verdict in the place of the old one. */
export async function saveReadiness(tx: Tx, { project, key }: SeriesKey, readiness: Readiness): Promise<void> {
  const rows = await tx
    .updateTable('series')
    .set({ readiness: readiness.state, readiness_document: JSON.stringify(readiness) })
    .where('project', '=', project)
    .where('key', '=', key)
    .returning(['id', 'document'])
    .execute();
  for (const { id, document } of rows) {
    const { author } = JSON.parse(document) as Series;
    const found = { readiness: readiness.state, waiting: waitingWords(readiness, author) };
    await tx.updateTable('series_search').set(found).where('series', '=', id).execute();
  }
}
