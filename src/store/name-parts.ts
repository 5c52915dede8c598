import { type Expression, sql, type SqlBool } from 'kysely';
import { engineOf } from './migrations/migration.ts';
import type { Db } from './schema.ts';
import { anywhere } from './words.ts';

/** Parts of the asked text that the index is asked for: more would not leave fewer names. */
const MOST = 40;

/**
 * Whether a name holds a text anywhere, in any case, as Patchwork's `icontains`. From three characters on an index says which names can;
 * where it holds only patches and covers, or series of today, the query asks for no others.
 */
export function nameHolds(db: Db, table: 'posting' | 'listed_series', text: string): Expression<SqlBool> {
  const asked = text.toLowerCase();
  const name = sql.ref(`${table}.name`);
  const holds = sql<SqlBool>`lower(${name}) like ${anywhere(asked)} escape '\\'`;
  const parts = partsOf(asked);
  if (parts.length === 0) return holds;
  if (engineOf(db) === 'postgres')
    return sql<SqlBool>`(name_parts(lower(${name})) @> array[${sql.join(parts)}]::text[] and ${holds})`;
  const index = sql.table(`${table}_parts`);
  const all = parts.map((part) => `"${part.replaceAll('"', '""')}"`).join(' ');
  return sql<SqlBool>`(${sql.ref(`${table}.id`)} in (select rowid from ${index} where ${index} match ${all}) and ${holds})`;
}

/** Every three characters in a row. */
function partsOf(text: string): readonly string[] {
  const letters = Array.from(text);
  const parts = letters.slice(2).map((last, at) => `${letters[at]}${letters[at + 1]}${last}`);
  return [...new Set(parts)].slice(0, MOST);
}
