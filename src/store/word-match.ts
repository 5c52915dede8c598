import { type Expression, sql, type SqlBool } from 'kysely';
import { engineOf } from './migrations/migration.ts';
import type { Db } from './schema.ts';
import { type SearchField, searchWords } from './search-fields.ts';

/**
 * Whether a row of `series_search` has consecutive words in one of the fields, the last of them perhaps only begun. What has no letter or
 * digit is in every text.
 */
export function says(db: Db, fields: readonly SearchField[], text: string): Expression<SqlBool> {
  const words = searchWords(text);
  if (words === '') return sql<SqlBool>`1 = 1`;
  if (engineOf(db) === 'sqlite') {
    const phrase = `{${fields.join(' ')}} : "${words}" *`;
    return sql<SqlBool>`series_search.series in (select rowid from series_fts where series_fts match ${phrase})`;
  }
  const phrase = words.split(' ').map((word) => `'${word}'`);
  const asked = `${phrase.join(' <-> ')}:*`;
  const each = fields.map(
    (field) => sql<SqlBool>`to_tsvector('simple', ${sql.ref(field)}) @@ to_tsquery('simple', ${asked})`,
  );
  return sql<SqlBool>`(${sql.join(each, sql` or `)})`;
}
