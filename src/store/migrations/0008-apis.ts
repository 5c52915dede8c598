import { type CreateTableBuilder, sql } from 'kysely';
import type { Tx } from '../schema.ts';
import type { Migration } from './migration.ts';

/** What the APIs number and list, what people have set of patches, bundles, and the log of events. */
export const apis: Migration = {
  name: '0008-apis',
  async up(tx) {
    await numbers(tx);
    await postings(tx);
    await set(tx);
    await events(tx);
  },
};

function withId(tx: Tx, name: string): CreateTableBuilder<string, 'id'> {
  // A number that was given to somebody must never mean something else.
  return tx.schema.createTable(name).addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement());
}

function strict<T extends string, C extends string>(table: CreateTableBuilder<T, C>): Promise<void> {
  return table.modifyEnd(sql`strict`).execute();
}

async function numbers(tx: Tx): Promise<void> {
  await strict(withId(tx, 'project_number').addColumn('name', 'text', (c) => c.notNull().unique()));
  await strict(
    withId(tx, 'person')
      .addColumn('email', 'text', (c) => c.notNull().unique())
      .addColumn('name', 'text', (c) => c.notNull()),
  );
  await strict(
    withId(tx, 'listed_series')
      .addColumn('project', 'text', (c) => c.notNull())
      .addColumn('key', 'text', (c) => c.notNull())
      .addColumn('msgid', 'text', (c) => c.notNull())
      .addColumn('live', 'integer', (c) => c.notNull())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('person', 'integer', (c) => c.notNull())
      .addColumn('posted', 'integer', (c) => c.notNull())
      .addColumn('version', 'integer', (c) => c.notNull()),
  );
  await tx.schema.createIndex('listed_series_msgid').on('listed_series').columns(['msgid', 'project']).execute();
  await tx.schema.createIndex('listed_series_key').on('listed_series').columns(['project', 'key', 'live']).execute();
  await tx.schema
    .createIndex('listed_series_posted')
    .on('listed_series')
    .columns(['project', 'live', 'posted'])
    .execute();
}

async function postings(tx: Tx): Promise<void> {
  await strict(
    withId(tx, 'posting')
      .addColumn('project', 'text', (c) => c.notNull())
      .addColumn('msgid', 'text', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('about', 'text')
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('words', 'text', (c) => c.notNull())
      .addColumn('person', 'integer', (c) => c.notNull())
      .addColumn('posted', 'integer', (c) => c.notNull())
      .addColumn('hash', 'text')
      .addColumn('patch_id', 'text')
      .addColumn('derived_state', 'text', (c) => c.notNull())
      .addColumn('state', 'text', (c) => c.notNull())
      .addColumn('archived', 'integer', (c) => c.notNull())
      .addColumn('delegate', 'integer')
      .addUniqueConstraint('posting_key', ['project', 'msgid']),
  );
  await tx.schema.createIndex('posting_msgid').on('posting').column('msgid').execute();
  await tx.schema.createIndex('posting_posted').on('posting').columns(['kind', 'project', 'posted']).execute();
  await tx.schema.createIndex('posting_number').on('posting').columns(['kind', 'project', 'id']).execute();
  const state = tx.schema.createIndex('posting_state').on('posting');
  await state.columns(['kind', 'project', 'state', 'archived', 'posted']).execute();
  await tx.schema.createIndex('posting_time').on('posting').columns(['posted', 'id']).execute();
  await tx.schema.createIndex('posting_about').on('posting').column('about').execute();
  await tx.schema.createIndex('posting_hash').on('posting').column('hash').execute();
  await tx.schema.createIndex('posting_patch_id').on('posting').column('patch_id').execute();
}

async function set(tx: Tx): Promise<void> {
  await tx.schema.createIndex('check_result_patch').on('check_result').columns(['project', 'patch']).execute();
  await strict(
    tx.schema
      .createTable('patch_mark')
      .addColumn('project', 'text', (c) => c.notNull())
      .addColumn('msgid', 'text', (c) => c.notNull())
      .addColumn('state', 'text')
      .addColumn('archived', 'integer')
      .addColumn('delegate', 'text')
      .addColumn('commit_ref', 'text')
      .addColumn('by', 'text', (c) => c.notNull())
      .addColumn('at', 'integer', (c) => c.notNull())
      .addPrimaryKeyConstraint('patch_mark_key', ['project', 'msgid']),
  );
  await strict(
    withId(tx, 'bundle')
      .addColumn('project', 'text', (c) => c.notNull())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('owner', 'integer', (c) => c.notNull())
      .addColumn('public', 'integer', (c) => c.notNull())
      .addUniqueConstraint('bundle_key', ['owner', 'name']),
  );
  await strict(
    tx.schema
      .createTable('bundle_patch')
      .addColumn('bundle', 'integer', (c) => c.notNull().references('bundle.id').onDelete('cascade'))
      .addColumn('position', 'integer', (c) => c.notNull())
      .addColumn('posting', 'integer', (c) => c.notNull())
      .addPrimaryKeyConstraint('bundle_patch_key', ['bundle', 'position']),
  );
}

async function events(tx: Tx): Promise<void> {
  await strict(
    withId(tx, 'event')
      .addColumn('project', 'text', (c) => c.notNull())
      .addColumn('category', 'text', (c) => c.notNull())
      .addColumn('at', 'integer', (c) => c.notNull())
      .addColumn('posting', 'integer')
      .addColumn('series', 'integer')
      .addColumn('actor', 'integer')
      .addColumn('document', 'text', (c) => c.notNull()),
  );
  await tx.schema.createIndex('event_at').on('event').columns(['project', 'category', 'at']).execute();
  await tx.schema.createIndex('event_category').on('event').columns(['category', 'at']).execute();
  await tx.schema.createIndex('event_posting').on('event').column('posting').execute();
}
