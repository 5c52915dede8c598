import { sql } from 'kysely';
import type { Tx } from '../schema.ts';
import { engineOf, type Migration } from './migration.ts';

/**
 * An index of the words of every mail, for the search of the archive. Reading all stored mail would take minutes, so it is filled later: until
 * then `mail_words_due` says up to which mail the words are not known.
 */
export const mailWords: Migration = {
  name: '0014-mail-words',
  async up(tx) {
    await tx.schema
      .createTable('mail_words_due')
      .addColumn('upto', 'integer', (c) => c.notNull())
      .modifyEnd(sql`strict`)
      .execute();
    await sql`insert into mail_words_due (upto) select coalesce(max(id), 0) from message`.execute(tx);
    await (engineOf(tx) === 'sqlite' ? sqliteIndex(tx) : postgresIndex(tx));
  },
};

/** The text itself is not kept. Words come split and in lower case: this reader of text changes nothing about them. */
async function sqliteIndex(tx: Tx): Promise<void> {
  const how = `content='', contentless_delete=1, tokenize="ascii tokenchars '_'"`;
  await sql.raw(`create virtual table mail_fts using fts5(subject, words, ${how})`).execute(tx);
}

/** A mail of very many words has several rows: a tsvector keeps no more than 16,383 places, and 255 of one word. */
async function postgresIndex(tx: Tx): Promise<void> {
  await sql
    .raw(
      'create table mail_words (message integer not null, part integer not null, subject tsvector not null, words tsvector not null, primary key (message, part))',
    )
    .execute(tx);
  for (const field of ['subject', 'words'])
    await sql.raw(`create index mail_words_${field} on mail_words using gin (${field})`).execute(tx);
}
