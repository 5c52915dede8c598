import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/**
 * For each list that was sorted as a whole to show one page of it, or read through to count. None begins with a column of few values where
 * better ones are left to choose: without statistics SQLite takes each equality for one that leaves ten rows.
 */
const INDEXES = {
  series_project: ['series', 'project', 'posted', 'msgid'],
  series_state: ['series', 'state', 'posted', 'msgid', 'project'],
  event_project: ['event', 'project', 'at'],
  event_series: ['event', 'series'],
  posting_person: ['posting', 'person', 'kind', 'posted'],
  mirror_state: ['mirror', 'state', 'project', 'key'],
  check_result_state: ['check_result', 'state', 'project', 'key'],
} as const;

/** Pages that stay as fast as they are while mail comes for years. */
export const longLists: Migration = {
  name: '0016-long-lists',
  async up(tx) {
    for (const [name, [table, ...columns]] of Object.entries(INDEXES))
      await tx.schema.createIndex(name).on(table).columns(columns).execute();
    // Few mails of all; their list asks for them in these words.
    await sql`create index disposition_kept on disposition (kind) where kind in ('held', 'broken')`.execute(tx);
  },
};
