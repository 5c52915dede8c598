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
 * Message-IDs of the mails that a search finds, oldest first. Where texts must be read, the newest few hundred that all else holds for are.
 * @param among only these; null: all
 */
export async function search(
  shelf: Shelf,
  query: Query,
  among: readonly string[] | null = null,
): Promise<readonly string[]> {
  const reads = wantsText(query);
  const candidates = await searchMails(shelf.db, conditionOf(query), among, reads ? MOST_READ : MOST);
  const found: string[] = [];
  for (const one of candidates) {
    const text = reads ? await ownText(shelf, one.msgid) : '';
    if (!reads || holds(query, one, text)) found.push(one.msgid);
  }
  return found.toReversed();
}

/** What the lists can say of a query. What only the text says holds for all; a change-id in it leads to the change. */
function conditionOf(query: Query): Condition {
  switch (query.kind) {
    case 'and':
    case 'or':
      return { kind: query.kind, of: query.of.map(conditionOf) };
    case 'not':
      return wantsText(query.of) ? { kind: 'any' } : { kind: 'not', of: conditionOf(query.of) };
    case 'text':
      return query.change === null ? { kind: 'any' } : { kind: 'change', id: query.change };
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
