import { sql, type SqlBool } from 'kysely';
import type { Db } from './schema.ts';

/** A mail by what its header says. */
export interface SentMail {
  readonly msgid: string;
  readonly subject: string;
  /** Epoch ms. */
  readonly posted: number;
}

/**
 * Mails from one of the addresses since a time, newest first.
 * @param emails lower case
 */
export async function mailsFrom(
  db: Db,
  emails: readonly string[],
  since: number,
  limit: number,
): Promise<readonly SentMail[]> {
  if (emails.length === 0) return [];
  const from = sql<string>`lower(json_extract(digest, '$.entry.from.email'))`;
  const rows = await db
    .selectFrom('message')
    .select(['msgid', 'posted', sql<string>`json_extract(digest, '$.entry.subject')`.as('subject')])
    .where('chosen', '=', 1)
    .where('posted', '>', since)
    .where('digest', 'is not', null)
    .where(sql<SqlBool>`${from} in (${sql.join([...emails])})`)
    .orderBy('posted', 'desc')
    .orderBy('msgid')
    .limit(limit)
    .execute();
  return rows;
}
