import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** What upstream's branches hold, what was found there of our patches, and whether patches may go in. */
export const upstream: Migration = {
  name: '0002-upstream',
  async up(tx) {
    await tx.schema
      .createTable('branch')
      .addColumn('project', 'text', (c) => c.notNull())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('tip', 'text', (c) => c.notNull())
      .addColumn('people', 'text', (c) => c.notNull())
      .addColumn('searched_to', 'text')
      .addColumn('searched_mail', 'integer', (c) => c.notNull().defaultTo(0))
      .addColumn('at', 'integer', (c) => c.notNull())
      .addPrimaryKeyConstraint('branch_key', ['project', 'name'])
      .modifyEnd(sql`strict`)
      .execute();
    await tx.schema
      .createTable('landed')
      .addColumn('project', 'text', (c) => c.notNull())
      .addColumn('branch', 'text', (c) => c.notNull())
      .addColumn('msgid', 'text', (c) => c.notNull())
      .addColumn('commit', 'text', (c) => c.notNull())
      .addColumn('committed', 'integer', (c) => c.notNull())
      .addColumn('document', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('landed_key', ['project', 'branch', 'msgid'])
      .modifyEnd(sql`strict`)
      .execute();
    await tx.schema.createIndex('landed_msgid').on('landed').columns(['project', 'msgid']).execute();
    await tx.schema
      .createTable('tree_state')
      .addColumn('project', 'text', (c) => c.notNull())
      .addColumn('branch', 'text', (c) => c.notNull())
      .addColumn('state', 'text', (c) => c.notNull())
      .addColumn('since', 'integer', (c) => c.notNull())
      .addColumn('evidence', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('tree_state_key', ['project', 'branch'])
      .modifyEnd(sql`strict`)
      .execute();
  },
};
