import { sql, type SqlBool } from 'kysely';
import type { Db } from './schema.ts';

/** Message-IDs and subjects of mails whose subject has a text in it, newest first. @param text any case */
export async function mailsAbout(
  db: Db,
  text: string,
  limit: number,
): Promise<readonly { readonly msgid: string; readonly subject: string }[]> {
  const pattern = `%${text.toLowerCase().replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  const rows = await db
    .selectFrom('message')
    .select(['msgid', 'subject'])
    .where('chosen', '=', 1)
    .where(sql<SqlBool>`lower(subject) like ${pattern} escape '\\'`)
    .orderBy('posted', 'desc')
    .orderBy('msgid')
    .limit(limit)
    .execute();
  return rows.map(({ msgid, subject }) => ({ msgid, subject: subject ?? '' }));
}
