import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** When this store became a copy of another, and the newest mail that it had read when it had caught up. */
export const restored: Migration = {
  name: '0012-restored',
  async up(tx) {
    await tx.schema
      .createTable('restored')
      .addColumn('at', 'integer', (c) => c.notNull())
      .addColumn('mail', 'integer')
      .modifyEnd(sql`strict`)
      .execute();
  },
};
