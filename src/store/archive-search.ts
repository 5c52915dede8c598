import { type Expression, type ExpressionBuilder, sql, type SqlBool } from 'kysely';
import { among } from './among.ts';
import type { Db, Schema } from './schema.ts';
import { anywhere } from './words.ts';

/** A mail as a search knows it without its text. */
export interface Found {
  readonly msgid: string;
  /** `searchWords` of its subject. */
  readonly words: string;
  /** `name <address>`, lower case. */
  readonly from: string;
  readonly posted: number;
  readonly patchId: string | null;
}

/** What can be asked of the lists. `any` holds for every mail and `none` for none: what is behind them must be looked at elsewhere. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'any' | 'none' }
  | { readonly kind: 'subject'; readonly words: string }
  | { readonly kind: 'from'; readonly text: string }
  | { readonly kind: 'msgid'; readonly msgid: string }
  | { readonly kind: 'patch-id'; readonly id: string }
  | { readonly kind: 'posted'; readonly from: number | null; readonly to: number | null }
  /** Mails that have to do with a `change-id:` of b4. */
  | { readonly kind: 'change'; readonly id: string };

type Builder = ExpressionBuilder<Schema, 'posting' | 'person'>;

/** Mails for which a condition holds, newest first. @param only these Message-IDs; null: all */
export async function searchMails(
  db: Db,
  condition: Condition,
  only: readonly string[] | null,
  limit: number,
): Promise<readonly Found[]> {
  let found = db
    .selectFrom('posting')
    .innerJoin('person', 'person.id', 'posting.person')
    .select(['posting.msgid', 'posting.words', 'posting.posted', 'posting.patch_id', 'person.name', 'person.email'])
    .where('posting.kind', '!=', 'gone')
    .where((eb) => expression(eb, condition));
  if (only !== null) found = found.where((eb) => among(eb, 'posting.msgid', only));
  const rows = await found.orderBy('posting.posted', 'desc').orderBy('posting.id', 'desc').limit(limit).execute();
  // A mail that several projects have is one mail here.
  const byMsgid = new Map(rows.map((row) => [row.msgid, row]));
  return [...byMsgid.values()].map(({ msgid, words, posted, patch_id: patchId, name, email }) => {
    return { msgid, words, posted, patchId, from: `${name} <${email}>`.toLowerCase() };
  });
}

function expression(eb: Builder, condition: Condition): Expression<SqlBool> {
  switch (condition.kind) {
    case 'and':
      return eb.and(condition.of.map((one) => expression(eb, one)));
    case 'or':
      return eb.or(condition.of.map((one) => expression(eb, one)));
    case 'not':
      return eb.not(expression(eb, condition.of));
    case 'any':
      return eb.and([]);
    case 'none':
      return eb.or([]);
    case 'subject':
      return sql<SqlBool>`posting.words like ${anywhere(` ${condition.words} `)} escape '\\'`;
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
    case 'change': {
      const components = eb.selectFrom('component_key').select('component').where('key', '=', `change:${condition.id}`);
      return eb(
        'posting.msgid',
        'in',
        eb.selectFrom('message').select('message.msgid').where('message.component', 'in', components),
      );
    }
  }
}
