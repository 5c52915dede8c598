import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** What the outbox must remember of doubts, answers and bounces; what people asked for by mail. */
export const speaking: Migration = {
  name: '0003-speaking',
  async up(tx) {
    await tx.schema.alterTable('outbox').addColumn('doubt_at', 'integer').execute();
    await tx.schema.alterTable('outbox').addColumn('response', 'text').execute();
    await tx.schema.alterTable('outbox').addColumn('bounce', 'text').execute();
    await tx.schema
      .createTable('request')
      .addColumn('msgid', 'text', (c) => c.notNull())
      .addColumn('line', 'integer', (c) => c.notNull())
      .addColumn('project', 'text', (c) => c.notNull())
      .addColumn('change', 'text')
      .addColumn('command', 'text', (c) => c.notNull())
      .addColumn('by', 'text', (c) => c.notNull())
      .addColumn('verdict', 'text', (c) => c.notNull())
      .addColumn('reason', 'text', (c) => c.notNull())
      .addColumn('at', 'integer', (c) => c.notNull())
      .addPrimaryKeyConstraint('request_key', ['msgid', 'line'])
      .modifyEnd(sql`strict`)
      .execute();
    await tx.schema
      .createTable('wish')
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('scope', 'text', (c) => c.notNull())
      .addColumn('project', 'text', (c) => c.notNull())
      .addColumn('subject', 'text', (c) => c.notNull())
      .addColumn('by', 'text', (c) => c.notNull())
      .addColumn('msgid', 'text')
      .addColumn('at', 'integer', (c) => c.notNull())
      .addPrimaryKeyConstraint('wish_key', ['kind', 'scope', 'project', 'subject'])
      .modifyEnd(sql`strict`)
      .execute();
  },
};
