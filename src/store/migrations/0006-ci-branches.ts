import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** Which commits were pushed to the repositories of CIs. No derived data: without it their branches would stay for ever. */
export const ciBranches: Migration = {
  name: '0006-ci-branches',
  async up(tx) {
    await tx.schema
      .createTable('ci_branch')
      .addColumn('id', 'integer', (c) => c.primaryKey())
      .addColumn('project', 'text', (c) => c.notNull())
      .addColumn('commit', 'text', (c) => c.notNull())
      .addColumn('pushed_at', 'integer', (c) => c.notNull())
      .addColumn('started_at', 'integer')
      .addUniqueConstraint('ci_branch_key', ['project', 'commit'])
      .modifyEnd(sql`strict`)
      .execute();
  },
};
