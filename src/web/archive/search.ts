import { type Condition, type Found, searchMails } from '../../store/archive-search.ts';
import type { Db } from '../../store/schema.ts';
import { searchWords } from '../../store/words.ts';
import type { MailParts } from '../apis.ts';
import { type Query, wantsText } from './query.ts';

/** Mails of one answer, and those among the newest candidates whose text is read to find them. */
const MOST = 1000;
const MOST_READ = 300;
/** Characters of a mail that are searched in. */
const TEXT_MOST = 200_000;

/** What a search reads. */
export interface Shelf {
  readonly db: Db;
  readonly mailParts: (msgid: string) => Promise<MailParts | null>;
}

/**
 * Message-IDs of the mails that a search finds, oldest first: all that are found by subject, people, time and ids; and where a text is asked for,
 * the newest few hundred of the others are read.
 * @param among only these; null: all
 */
export async function search(
  shelf: Shelf,
  query: Query,
  among: readonly string[] | null = null,
): Promise<readonly string[]> {
  const found = new Map<string, Found>();
  for (const one of await searchMails(shelf.db, conditionOf(query, 'none'), among, MOST)) found.set(one.msgid, one);
  const unread = wantsText(query) ? await searchMails(shelf.db, conditionOf(query, 'any'), among, MOST_READ) : [];
  for (const one of unread) {
    if (!found.has(one.msgid) && holds(query, one, await ownText(shelf, one.msgid))) found.set(one.msgid, one);
  }
  const sorted = [...found.values()].toSorted((one, other) => one.posted - other.posted);
  return sorted.map(({ msgid }) => msgid);
}

/** What the lists can say of a query. @param text what is put for that which only a mail's text says; a change-id leads to its change */
function conditionOf(query: Query, text: 'any' | 'none'): Condition {
  switch (query.kind) {
    case 'and':
    case 'or':
      return { kind: query.kind, of: query.of.map((one) => conditionOf(one, text)) };
    case 'not':
      return wantsText(query.of) ? { kind: text } : { kind: 'not', of: conditionOf(query.of, text) };
    case 'text':
      return query.change === null || text === 'none' ? { kind: text } : { kind: 'change', id: query.change };
    case 'subject':
    case 'from':
    case 'msgid':
    case 'patch-id':
    case 'posted':
      return query;
  }
}

async function ownText({ mailParts }: Shelf, msgid: string): Promise<string> {
  const text = (await mailParts(msgid))?.content.slice(0, TEXT_MOST) ?? '';
  return searchWords(text.replaceAll(/^[ \t]*>.*$/gm, ''), TEXT_MOST);
}

function holds(query: Query, mail: Found, text: string): boolean {
  switch (query.kind) {
    case 'and':
      return query.of.every((one) => holds(one, mail, text));
    case 'or':
      return query.of.some((one) => holds(one, mail, text));
    case 'not':
      return !holds(query.of, mail, text);
    case 'text':
      return text.includes(` ${query.words} `);
    case 'subject':
      return mail.words.includes(` ${query.words} `);
    case 'from':
      return mail.from.includes(query.text);
    case 'msgid':
      return mail.msgid === query.msgid;
    case 'patch-id':
      return mail.patchId === query.id;
    case 'posted':
      return mail.posted >= (query.from ?? -Infinity) && mail.posted < (query.to ?? Infinity);
  }
}
