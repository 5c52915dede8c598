import type { Migration } from './migration.ts';

/** Series are found by `series_search` alone: the column of an older way goes. */
export const oneSearch: Migration = {
  name: '0013-one-search',
  async up(tx) {
    await tx.schema.alterTable('series').dropColumn('search').execute();
  },
};
