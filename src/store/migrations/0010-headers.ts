import { sql } from 'kysely';
import { engineOf, type Migration } from './migration.ts';

/** Author and subject of a mail in columns of their own: looked for among all mails, where reading each digest would take minutes. */
export const headers: Migration = {
  name: '0010-headers',
  async up(tx) {
    await tx.schema.alterTable('message').addColumn('author', 'text').execute();
    await tx.schema.alterTable('message').addColumn('subject', 'text').execute();
    // Only SQLite has mail from before this step.
    if (engineOf(tx) === 'sqlite')
      await sql`update message set author = lower(json_extract(digest, '$.entry.from.email')), subject = json_extract(digest, '$.entry.subject') where digest is not null`.execute(
        tx,
      );
    await tx.schema.createIndex('message_author').on('message').columns(['author', 'posted']).execute();
  },
};
