import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** Signs of life of each part of the bot, and how much mail each source brings: for health, whichever process is asked. */
export const pulses: Migration = {
  name: '0011-pulses',
  async up(tx) {
    await tx.schema
      .createTable('pulse')
      .addColumn('name', 'text', (c) => c.primaryKey())
      .addColumn('error', 'text')
      .addColumn('every', 'integer', (c) => c.notNull())
      .addColumn('at', 'integer', (c) => c.notNull())
      .modifyEnd(sql`strict`)
      .execute();
    await tx.schema
      .createTable('traffic')
      .addColumn('source', 'text', (c) => c.notNull())
      .addColumn('day', 'integer', (c) => c.notNull())
      .addColumn('mails', 'integer', (c) => c.notNull())
      .addColumn('last', 'integer', (c) => c.notNull())
      .addPrimaryKeyConstraint('traffic_key', ['source', 'day'])
      .modifyEnd(sql`strict`)
      .execute();
  },
};
