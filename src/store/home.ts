import { sql } from 'kysely';
import { engineOf } from './migrations/migration.ts';
import type { Db, Tx } from './schema.ts';
import type { HomeTable } from './schema-signs.ts';

/** Remembers that the data lives in this database of this server. On SQLite nothing has to be. */
export async function rememberHome(tx: Tx): Promise<void> {
  if (engineOf(tx) === 'sqlite') return;
  await tx.deleteFrom('home').execute();
  await tx
    .insertInto('home')
    .values(await homeOf(tx))
    .execute();
}

/**
 * Whether the data was made for another database than the one that it is in: a restored dump, or a database that was made of this one as
 * its template. Copies of a server's files are not known from their original, because a standby that takes over is one of them.
 * Always false on SQLite.
 */
export async function isFarFromHome(db: Db): Promise<boolean> {
  if (engineOf(db) === 'sqlite') return false;
  const known = await db.selectFrom('home').selectAll().execute();
  const here = await homeOf(db);
  // Two where a dump's rows were added to tables that were there.
  return known.length !== 1 || known.some((one) => !isSame(one, here));
}

/** A server that does not tell its name does not make it another one. */
function isSame(one: HomeTable, other: HomeTable): boolean {
  const named = one.cluster !== null && other.cluster !== null;
  return one.database === other.database && one.own === other.own && (!named || one.cluster === other.cluster);
}

async function homeOf(db: Db): Promise<HomeTable> {
  const { rows } = await sql<{ database: string; own: string; named: boolean | null }>`
    select oid::text as database, 'home'::regclass::oid::text as own,
      has_function_privilege(to_regprocedure('pg_control_system()')::oid, 'execute') as named
    from pg_database where datname = current_database()`.execute(db);
  const { database = '', own = '', named = null } = rows[0] ?? {};
  return { cluster: named === true ? await clusterOf(db) : null, database, own };
}

/** What initdb has named the server's files by; standbys have the same. Of more digits than a number here holds. */
async function clusterOf(db: Db): Promise<string | null> {
  const asked = sql<{ name: string }>`select system_identifier::text as name from pg_control_system()`;
  return (await asked.execute(db)).rows[0]?.name ?? null;
}
