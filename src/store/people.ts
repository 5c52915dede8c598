import { sql, type SqlBool } from 'kysely';
import type { Address } from '../mail/message.ts';
import { chunks } from './chunks.ts';
import type { Db, Tx } from './schema.ts';
import { anywhere } from './words.ts';

/** Somebody by number. */
export interface StoredPerson {
  readonly id: number;
  readonly name: string;
  readonly email: string;
}

/** Numbers of people by their address in lower case; who is new gets one. A name that came first stays. */
export async function numberPeople(tx: Tx, people: readonly Address[]): Promise<ReadonlyMap<string, number>> {
  const wanted = new Map<string, string>();
  for (const { name, email } of people) {
    const key = email.toLowerCase();
    if (!wanted.has(key) || wanted.get(key) === '') wanted.set(key, name);
  }
  const numbers = new Map<string, number>();
  for (const part of chunks(wanted.keys())) {
    const known = await tx.selectFrom('person').select(['id', 'email']).where('email', 'in', part).execute();
    for (const { id, email } of known) numbers.set(email, id);
    const fresh = part.filter((email) => !numbers.has(email));
    if (fresh.length === 0) continue;
    const values = fresh.map((email) => ({ email, name: wanted.get(email) ?? '' }));
    for (const { id, email } of await tx.insertInto('person').values(values).returning(['id', 'email']).execute())
      numbers.set(email, id);
  }
  return numbers;
}

/** People by number; numbers that nobody has are left out. */
export async function peopleOf(db: Db, ids: Iterable<number>): Promise<ReadonlyMap<number, StoredPerson>> {
  const found = new Map<number, StoredPerson>();
  for (const part of chunks(ids)) {
    const rows = await db.selectFrom('person').selectAll().where('id', 'in', part).execute();
    for (const row of rows) found.set(row.id, row);
  }
  return found;
}

/** People by address, in any case. */
export async function peopleByEmail(db: Db, emails: Iterable<string>): Promise<ReadonlyMap<string, StoredPerson>> {
  const found = new Map<string, StoredPerson>();
  for (const part of chunks([...emails].map((email) => email.toLowerCase()))) {
    const rows = await db.selectFrom('person').selectAll().where('email', 'in', part).execute();
    for (const row of rows) found.set(row.email, row);
  }
  return found;
}

/** A page of people, by number. @param text part of the name or address, in any case; empty: all */
export async function pageOfPeople(
  db: Db,
  text: string,
  offset: number,
  limit: number,
): Promise<{ readonly rows: readonly StoredPerson[]; readonly total: number }> {
  let found = db.selectFrom('person');
  const like = anywhere(text.toLowerCase());
  if (text !== '')
    found = found.where(sql<SqlBool>`(lower(name) like ${like} escape '\\' or email like ${like} escape '\\')`);
  const total = await found.select(({ fn }) => fn.countAll<number>().as('n')).executeTakeFirst();
  const rows = await found.selectAll().orderBy('id').offset(offset).limit(limit).execute();
  return { rows, total: total?.n ?? 0 };
}
