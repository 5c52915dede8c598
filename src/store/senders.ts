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
  const rows = await db
    .selectFrom('message')
    .select(['msgid', 'posted', 'subject'])
    .where('chosen', '=', 1)
    .where('posted', '>', since)
    .where('author', 'in', emails)
    .orderBy('posted', 'desc')
    .orderBy('msgid')
    .limit(limit)
    .execute();
  return rows.map(({ subject, ...row }) => ({ ...row, subject: subject ?? '' }));
}
