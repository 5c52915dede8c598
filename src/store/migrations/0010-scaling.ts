import { sql } from 'kysely';
import type { Tx } from '../schema.ts';
import { engineOf, type Migration } from './migration.ts';

/**
 * For installations of many mails and processes: author and subject of a mail in columns of their own, because to look for them in
 * every digest would take minutes; until when each source was read, which the process that sends must know of the one that reads;
 * why nothing may be written, in a store that was moved elsewhere; and the brake on all sending, which a file of one machine cannot be.
 */
export const scaling: Migration = {
  name: '0010-scaling',
  async up(tx) {
    await tx.schema.alterTable('message').addColumn('author', 'text').execute();
    await tx.schema.alterTable('message').addColumn('subject', 'text').execute();
    // Only SQLite has mail from before this step.
    if (engineOf(tx) === 'sqlite')
      await sql`update message set author = lower(json_extract(digest, '$.entry.from.email')), subject = json_extract(digest, '$.entry.subject') where digest is not null`.execute(
        tx,
      );
    await tx.schema.createIndex('message_author').on('message').columns(['author', 'posted']).execute();
    await tx.schema
      .createTable('read_until')
      .addColumn('source', 'text', (c) => c.primaryKey())
      .addColumn('until', 'integer', (c) => c.notNull())
      .modifyEnd(sql`strict`)
      .execute();
    await tx.schema
      .createTable('seal')
      .addColumn('reason', 'text', (c) => c.notNull())
      .modifyEnd(sql`strict`)
      .execute();
    await tx.schema
      .createTable('brake')
      .addColumn('at', 'integer', (c) => c.notNull())
      .modifyEnd(sql`strict`)
      .execute();
    if (engineOf(tx) === 'postgres') await tune(tx);
  },
};

/** Mail is compressed before it comes here; and a job's row lives for moments, so its leavings are swept by number and not by share. */
async function tune(tx: Tx): Promise<void> {
  await sql`alter table raw alter column bytes set storage external`.execute(tx);
  for (const table of ['job', 'read_until'])
    await sql`alter table ${sql.table(table)} set (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)`.execute(
      tx,
    );
}
