import { sql } from 'kysely';
import type { CreateTableBuilder } from 'kysely';
import type { Tx } from '../schema.ts';
import type { Migration } from './migration.ts';

/** The tables of the first version. What another engine would spell differently: `id`, `blob`, `strict`. */
export const first: Migration = {
  name: '0001-first',
  async up(tx) {
    await messages(tx);
    await series(tx);
    await results(tx);
    await jobs(tx);
  },
};

function strict<T extends string, C extends string>(table: CreateTableBuilder<T, C>): Promise<void> {
  return table.modifyEnd(sql`strict`).execute();
}

function withId(tx: Tx, name: string): CreateTableBuilder<string, 'id'> {
  // Ids are never used again (autoincrement): a component that was merged away must not come back as another.
  return tx.schema.createTable(name).addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement());
}

async function messages(tx: Tx): Promise<void> {
  await strict(
    withId(tx, 'message')
      .addColumn('hash', 'text', (c) => c.notNull().unique())
      .addColumn('msgid', 'text', (c) => c.notNull())
      .addColumn('posted', 'integer', (c) => c.notNull())
      .addColumn('received', 'integer', (c) => c.notNull())
      .addColumn('source', 'text', (c) => c.notNull())
      .addColumn('rank', 'integer', (c) => c.notNull())
      .addColumn('size', 'integer', (c) => c.notNull())
      .addColumn('component', 'integer')
      .addColumn('chosen', 'integer', (c) => c.notNull())
      .addColumn('digest', 'text')
      .addColumn('dkim', 'text'),
  );
  await tx.schema.createIndex('message_msgid').on('message').column('msgid').execute();
  await tx.schema.createIndex('message_component').on('message').column('component').execute();
  await sql`create unique index message_chosen on message (msgid) where chosen = 1`.execute(tx);
  await strict(
    tx.schema
      .createTable('raw')
      .addColumn('message', 'integer', (c) => c.primaryKey().references('message.id').onDelete('cascade'))
      .addColumn('bytes', 'blob', (c) => c.notNull()),
  );
  await strict(withId(tx, 'component').addColumn('size', 'integer', (c) => c.notNull()));
  await strict(
    tx.schema
      .createTable('component_key')
      .addColumn('key', 'text', (c) => c.primaryKey())
      .addColumn('component', 'integer', (c) => c.notNull()),
  );
  await tx.schema.createIndex('component_key_component').on('component_key').column('component').execute();
  await strict(
    tx.schema
      .createTable('cursor')
      .addColumn('source', 'text', (c) => c.primaryKey())
      .addColumn('value', 'text', (c) => c.notNull()),
  );
}

async function series(tx: Tx): Promise<void> {
  await strict(
    withId(tx, 'series')
      .addColumn('project', 'text', (c) => c.notNull())
      .addColumn('key', 'text', (c) => c.notNull())
      .addColumn('component', 'integer', (c) => c.notNull())
      .addColumn('msgid', 'text', (c) => c.notNull())
      .addColumn('change', 'text', (c) => c.notNull())
      .addColumn('version', 'integer', (c) => c.notNull())
      .addColumn('revision', 'integer', (c) => c.notNull())
      .addColumn('state', 'text', (c) => c.notNull())
      .addColumn('readiness', 'text', (c) => c.notNull())
      .addColumn('posted', 'integer', (c) => c.notNull())
      .addColumn('search', 'text', (c) => c.notNull())
      .addColumn('author', 'text', (c) => c.notNull())
      .addColumn('document', 'text', (c) => c.notNull())
      .addColumn('tags', 'text', (c) => c.notNull())
      .addColumn('readiness_document', 'text', (c) => c.notNull()),
  );
  await tx.schema.createIndex('series_key').on('series').columns(['project', 'key']).execute();
  await tx.schema.createIndex('series_component').on('series').column('component').execute();
  await tx.schema.createIndex('series_change').on('series').column('change').execute();
  await tx.schema.createIndex('series_posted').on('series').columns(['posted', 'msgid', 'project']).execute();
  await strict(
    tx.schema
      .createTable('series_message')
      .addColumn('msgid', 'text', (c) => c.notNull())
      .addColumn('series', 'integer', (c) => c.notNull().references('series.id').onDelete('cascade'))
      .addPrimaryKeyConstraint('series_message_key', ['series', 'msgid']),
  );
  await tx.schema.createIndex('series_message_msgid').on('series_message').column('msgid').execute();
  await strict(
    tx.schema
      .createTable('series_seen')
      .addColumn('project', 'text', (c) => c.notNull())
      .addColumn('key', 'text', (c) => c.notNull())
      .addColumn('complete', 'integer', (c) => c.notNull())
      .addPrimaryKeyConstraint('series_seen_key', ['project', 'key']),
  );
  await strict(
    tx.schema
      .createTable('disposition')
      .addColumn('msgid', 'text', (c) => c.primaryKey())
      .addColumn('component', 'integer', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('project', 'text')
      .addColumn('series', 'text')
      .addColumn('about', 'text')
      .addColumn('reason', 'text', (c) => c.notNull()),
  );
  await tx.schema.createIndex('disposition_component').on('disposition').column('component').execute();
}

async function results(tx: Tx): Promise<void> {
  await strict(
    withId(tx, 'mirror')
      .addColumn('project', 'text', (c) => c.notNull())
      .addColumn('key', 'text', (c) => c.notNull())
      .addColumn('base', 'text', (c) => c.notNull())
      .addColumn('state', 'text', (c) => c.notNull())
      .addColumn('document', 'text', (c) => c.notNull())
      .addColumn('attempts', 'integer', (c) => c.notNull())
      .addColumn('first_at', 'integer', (c) => c.notNull())
      .addColumn('last_at', 'integer', (c) => c.notNull())
      .addUniqueConstraint('mirror_key', ['project', 'key', 'base']),
  );
  await strict(
    withId(tx, 'check_result')
      .addColumn('project', 'text', (c) => c.notNull())
      .addColumn('key', 'text', (c) => c.notNull())
      .addColumn('context', 'text', (c) => c.notNull())
      .addColumn('patch', 'text', (c) => c.notNull())
      .addColumn('state', 'text', (c) => c.notNull())
      .addColumn('tree', 'text', (c) => c.notNull())
      .addColumn('job_hash', 'text', (c) => c.notNull())
      .addColumn('document', 'text', (c) => c.notNull())
      .addColumn('at', 'integer', (c) => c.notNull())
      .addUniqueConstraint('check_result_key', ['project', 'key', 'context', 'patch']),
  );
  await tx.schema.createIndex('check_result_tree').on('check_result').columns(['tree', 'job_hash']).execute();
}

async function jobs(tx: Tx): Promise<void> {
  await strict(
    withId(tx, 'job')
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('key', 'text', (c) => c.notNull())
      .addColumn('lane', 'text')
      .addColumn('payload', 'text', (c) => c.notNull())
      .addColumn('state', 'text', (c) => c.notNull())
      .addColumn('run_at', 'integer', (c) => c.notNull())
      .addColumn('created', 'integer', (c) => c.notNull())
      .addColumn('attempts', 'integer', (c) => c.notNull())
      .addColumn('max_attempts', 'integer', (c) => c.notNull())
      .addColumn('claims', 'integer', (c) => c.notNull().defaultTo(0))
      .addColumn('lease_until', 'integer')
      .addColumn('error', 'text'),
  );
  await tx.schema.createIndex('job_run').on('job').columns(['state', 'run_at']).execute();
  await sql`create unique index job_pending on job (kind, key) where state = 'pending'`.execute(tx);
  await sql`create unique index job_lane on job (lane) where state = 'active'`.execute(tx);
  await strict(
    withId(tx, 'outbox')
      .addColumn('msgid', 'text', (c) => c.notNull().unique())
      .addColumn('project', 'text', (c) => c.notNull())
      .addColumn('key', 'text', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('outcome', 'text', (c) => c.notNull())
      .addColumn('state', 'text', (c) => c.notNull())
      .addColumn('message', 'text', (c) => c.notNull())
      .addColumn('created', 'integer', (c) => c.notNull())
      .addColumn('attempts', 'integer', (c) => c.notNull().defaultTo(0))
      .addColumn('run_at', 'integer', (c) => c.notNull())
      .addColumn('lease_until', 'integer')
      .addColumn('doubtful', 'integer', (c) => c.notNull().defaultTo(0))
      .addColumn('error', 'text')
      .addColumn('sent_at', 'integer')
      .addUniqueConstraint('outbox_key', ['project', 'key', 'outcome']),
  );
  await tx.schema.createIndex('outbox_state').on('outbox').columns(['state', 'run_at']).execute();
}
