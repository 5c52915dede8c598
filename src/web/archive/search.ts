import { type Condition, searchMails } from '../../store/archive-search.ts';
import { countMailWordsDue } from '../../store/mail-words.ts';
import type { Db } from '../../store/schema.ts';

/** Mails of one answer. */
const MOST = 1000;

/** What a search has found. */
export interface Answer {
  /** Message-IDs, oldest first. */
  readonly msgids: readonly string[];
  /** What may be missing, in words; null: nothing is. */
  readonly missing: string | null;
}

/** The newest mails for which a condition holds. @param among only these; null: all */
export async function search(db: Db, condition: Condition, among: readonly string[] | null = null): Promise<Answer> {
  const found = await searchMails(db, condition, among, MOST + 1);
  const newest = found.slice(0, MOST).toSorted((one, other) => one.posted - other.posted);
  const unread = asksText(condition) ? await countMailWordsDue(db) : 0;
  const missing = [
    ...(found.length > MOST ? [`the newest ${MOST} mails of more`] : []),
    ...(unread > 0 ? [`the text of ${unread} older mails is not searched yet`] : []),
  ];
  return { msgids: newest.map(({ msgid }) => msgid), missing: missing.length === 0 ? null : missing.join('; ') };
}

function asksText(condition: Condition): boolean {
  if (condition.kind === 'and' || condition.kind === 'or') return condition.of.some(asksText);
  return condition.kind === 'not' ? asksText(condition.of) : condition.kind === 'words';
}
