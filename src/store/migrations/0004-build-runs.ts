import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** What the gate has said of each series, and its run: for quotas, and for people who ask why. */
export const buildRuns: Migration = {
  name: '0004-build-runs',
  async up(tx) {
    await tx.schema
      .createTable('build_run')
      .addColumn('id', 'integer', (c) => c.primaryKey())
      .addColumn('project', 'text', (c) => c.notNull())
      .addColumn('key', 'text', (c) => c.notNull())
      .addColumn('author', 'text', (c) => c.notNull())
      .addColumn('state', 'text', (c) => c.notNull())
      .addColumn('reason', 'text', (c) => c.notNull())
      .addColumn('asked', 'integer', (c) => c.notNull())
      .addColumn('at', 'integer', (c) => c.notNull())
      .addColumn('queued_at', 'integer')
      .addUniqueConstraint('build_run_key', ['project', 'key'])
      .modifyEnd(sql`strict`)
      .execute();
    await tx.schema.createIndex('build_run_queued').on('build_run').columns(['project', 'queued_at']).execute();
  },
};
