import { type Expression, type ExpressionBuilder, sql, type SqlBool } from 'kysely';
import { among } from './among.ts';
import { copiesWith, isInMore, type MailField, mailWordsDue } from './mail-words.ts';
import type { Db, Schema } from './schema.ts';
import { anywhere } from './words.ts';

/** A mail that was found. */
export interface Found {
  readonly msgid: string;
  /** Epoch ms. */
  readonly posted: number;
}

/** What can be asked. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  /** Words one after the other, as `phraseWords` gives them. None are in no mail. */
  | { readonly kind: MailField; readonly phrase: readonly string[] }
  | { readonly kind: 'from'; readonly text: string }
  | { readonly kind: 'msgid'; readonly msgid: string }
  | { readonly kind: 'patch-id'; readonly id: string }
  | { readonly kind: 'posted'; readonly from: number | null; readonly to: number | null };

type Builder = ExpressionBuilder<Schema, 'posting' | 'person'>;

/** What the index can tell at this moment. */
interface Index {
  readonly db: Db;
  /** See `mailWordsDue`. */
  readonly due: number;
  /** Phrases that many mails have, as `nameOf`. */
  readonly common: ReadonlySet<string>;
}

const MANY = 20_000;

/**
 * Mails for which a condition surely holds, newest first: of one whose words are not in the index yet, nothing is known of its text.
 * @param only these Message-IDs; null: all
 * @param many a phrase in more mails than this is looked for by going through the list until enough have it, and not by making a list of all of them
 */
export async function searchMails(
  db: Db,
  condition: Condition,
  only: readonly string[] | null,
  limit: number,
  many: number = MANY,
): Promise<readonly Found[]> {
  const index = { db, due: await mailWordsDue(db), common: await commonAmong(db, condition, many) };
  let found = db
    .selectFrom('posting')
    .innerJoin('person', 'person.id', 'posting.person')
    .select(['posting.msgid', 'posting.posted'])
    .where('posting.kind', '!=', 'gone')
    .where((eb) => expression(eb, condition, index, true));
  if (only !== null) found = found.where((eb) => among(eb, 'posting.msgid', only));
  const rows = await found.orderBy('posting.posted', 'desc').orderBy('posting.id', 'desc').limit(limit).execute();
  // A mail that several projects have is one mail here.
  return [...new Map(rows.map((row) => [row.msgid, row])).values()];
}

/** @param sure what is said of a mail that the index does not know: that it does not hold, or that it does */
function expression(eb: Builder, condition: Condition, index: Index, sure: boolean): Expression<SqlBool> {
  switch (condition.kind) {
    case 'and':
      return eb.and(condition.of.map((one) => expression(eb, one, index, sure)));
    case 'or':
      return eb.or(condition.of.map((one) => expression(eb, one, index, sure)));
    case 'not':
      return eb.not(expression(eb, condition.of, index, !sure));
    case 'subject':
    case 'words':
      return says(eb, condition, index, sure);
    case 'from':
      return sql<SqlBool>`lower(person.name || ' ' || person.email) like ${anywhere(condition.text)} escape '\\'`;
    case 'msgid':
      return eb('posting.msgid', '=', condition.msgid);
    case 'patch-id':
      return eb('posting.patch_id', '=', condition.id);
    case 'posted': {
      const { from, to } = condition;
      return eb.and([
        ...(from === null ? [] : [eb('posting.posted', '>=', from)]),
        ...(to === null ? [] : [eb('posting.posted', '<', to)]),
      ]);
    }
  }
}

type Phrase = Extract<Condition, { readonly kind: MailField }>;

function says(eb: Builder, asked: Phrase, { db, due, common }: Index, sure: boolean): Expression<SqlBool> {
  if (asked.phrase.length === 0) return eb.or([]);
  // The subject is in the list itself as well, where it takes longer.
  if (asked.kind === 'subject' && due > 0)
    return sql<SqlBool>`posting.words like ${anywhere(` ${asked.phrase.join(' ')} `)} escape '\\'`;
  const copies = eb.selectFrom('message').where('chosen', '=', 1);
  const ids = copiesWith(db, asked.kind, asked.phrase);
  const holds = common.has(nameOf(asked))
    ? eb.exists(
        copies
          .whereRef('message.msgid', '=', 'posting.msgid')
          // The plus keeps the engine from trying each of the ids.
          .where(sql<SqlBool>`+message.id in ${ids}`)
          .select('message.id'),
      )
    : eb('posting.msgid', 'in', copies.where('message.id', 'in', ids).select('message.msgid'));
  if (sure || due === 0) return holds;
  return eb.or([holds, eb('posting.msgid', 'in', copies.where('message.id', '<=', due).select('message.msgid'))]);
}

function nameOf({ kind, phrase }: Phrase): string {
  return `${kind} ${phrase.join(' ')}`;
}

/** Those of the phrases of a condition that more mails have. */
async function commonAmong(db: Db, condition: Condition, many: number): Promise<ReadonlySet<string>> {
  const common = new Set<string>();
  for (const [name, { kind, phrase }] of new Map(phrasesOf(condition).map((one) => [nameOf(one), one])))
    if (phrase.length > 0 && (await isInMore(db, kind, phrase, many))) common.add(name);
  return common;
}

function phrasesOf(condition: Condition): readonly Phrase[] {
  const { kind } = condition;
  if (kind === 'and' || kind === 'or') return condition.of.flatMap(phrasesOf);
  if (kind === 'not') return phrasesOf(condition.of);
  return kind === 'subject' || kind === 'words' ? [condition] : [];
}
