import { type Expression, sql } from 'kysely';
import { CHUNK, chunks } from './chunks.ts';
import { engineOf } from './migrations/migration.ts';
import type { Db, Tx } from './schema.ts';
import { type VectorPart, vectorParts } from './tsvector.ts';

/** What of a mail is looked into by words. */
export type MailField = 'subject' | 'words';

/** What one copy of a mail is found by. */
export interface MailWords {
  /** Its row in `message`. */
  readonly message: number;
  /** `searchWords`. */
  readonly subject: string;
  /** `mailWords` of its text. */
  readonly words: string;
}

/** Puts words into the index, in the place of what it has of the same mails. */
export async function putMailWords(tx: Tx, mails: readonly MailWords[]): Promise<void> {
  const sqlite = engineOf(tx) === 'sqlite';
  for (const part of chunks(mails.map(({ message }) => message)))
    await (sqlite
      ? sql`delete from mail_fts where rowid in (${sql.join(part)})`
      : sql`delete from mail_words where message in (${sql.join(part)})`
    ).execute(tx);
  const rows = sqlite
    ? mails.map(({ message, subject, words }) => sql`(${message}, ${subject}, ${words})`)
    : mails.flatMap((mail) =>
        partsOf(mail).map(
          ({ part, subject, words }) => sql`(${mail.message}, ${part}, ${subject}::tsvector, ${words}::tsvector)`,
        ),
      );
  const into = sqlite ? sql`mail_fts (rowid, subject, words)` : sql`mail_words (message, part, subject, words)`;
  for (let at = 0; at < rows.length; at += CHUNK)
    await sql`insert into ${into} values ${sql.join(rows.slice(at, at + CHUNK))}`.execute(tx);
}

function partsOf({ subject, words }: MailWords): readonly (VectorPart & { readonly subject: string })[] {
  const [first] = vectorParts(subject);
  return vectorParts(words).map((one) => ({ ...one, subject: one.part === 0 ? (first?.words ?? '') : '' }));
}

/** Ids of copies that have words one after the other, as `phraseWords` gives them; at least one. */
export function copiesWith(db: Db, field: MailField, words: readonly string[]): Expression<number> {
  if (engineOf(db) === 'sqlite')
    return sql`(select rowid from mail_fts where mail_fts match ${`${field} : "${words.join(' ')}"`})`;
  const asked = words.map((word) => `'${word}'`).join(' <-> ');
  return sql`(select message from mail_words where ${sql.ref(field)} @@ ${asked}::tsquery)`;
}

/** Whether more copies than `many` have words one after the other. */
export async function isInMore(db: Db, field: MailField, words: readonly string[], many: number): Promise<boolean> {
  const some = sql<{
    n: number;
  }>`select count(*) as n from (select 1 as one from ${copiesWith(db, field, words)} as found limit ${many + 1}) as counted`;
  return ((await some.execute(db)).rows[0]?.n ?? 0) > many;
}

/** Id of the newest mail whose words are not in the index yet, as are those of no mail before it; 0 where all are. */
export async function mailWordsDue(db: Db): Promise<number> {
  const row = await db.selectFrom('mail_words_due').select('upto').executeTakeFirst();
  return row?.upto ?? 0;
}

/** How many mails that is. */
export async function countMailWordsDue(db: Db): Promise<number> {
  const due = db
    .selectFrom('message')
    .where('chosen', '=', 1)
    .where('id', '<=', await mailWordsDue(db));
  return (await due.select(({ fn }) => fn.countAll<number>().as('n')).executeTakeFirst())?.n ?? 0;
}

/** Says what is left to be put in. @param upto id; null: all */
export async function setMailWordsDue(tx: Tx, upto: number | null): Promise<void> {
  const newest = tx.selectFrom('message').select(({ fn }) => fn.coalesce(fn.max('id'), sql<number>`0`).as('id'));
  await tx
    .updateTable('mail_words_due')
    .set({ upto: upto ?? newest })
    .execute();
}
