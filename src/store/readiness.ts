import type { Readiness } from '../review/tag.ts';
import type { Tx } from './schema.ts';
import type { SeriesKey } from './series.ts';

/** Puts a new verdict in the place of the old one. */
export async function saveReadiness(tx: Tx, { project, key }: SeriesKey, readiness: Readiness): Promise<void> {
  await tx
    .updateTable('series')
    .set({ readiness: readiness.state, readiness_document: JSON.stringify(readiness) })
    .where('project', '=', project)
    .where('key', '=', key)
    .execute();
}
