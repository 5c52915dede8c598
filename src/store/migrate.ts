import { sql } from 'kysely';
import { PatchloomError } from '../util/errors.ts';
import { first } from './migrations/0001-first.ts';
import { upstream } from './migrations/0002-upstream.ts';
import { speaking } from './migrations/0003-speaking.ts';
import { buildRuns } from './migrations/0004-build-runs.ts';
import { ciBranches } from './migrations/0006-ci-branches.ts';
import { apis } from './migrations/0008-apis.ts';
import { search } from './migrations/0009-search.ts';
import { scaling } from './migrations/0010-scaling.ts';
import { pulses } from './migrations/0011-pulses.ts';
import { restored } from './migrations/0012-restored.ts';
import { oneSearch } from './migrations/0013-one-search.ts';
import { mailWords } from './migrations/0014-mail-words.ts';
import { nameParts } from './migrations/0015-name-parts.ts';
import { longLists } from './migrations/0016-long-lists.ts';
import { patchMarks } from './migrations/0017-patch-marks.ts';
import { home } from './migrations/0018-home.ts';
import { engineOf, type Migration } from './migrations/migration.ts';
import type { Db } from './schema.ts';

/** In order; the n-th has number n. Add, never change. */
const MIGRATIONS: readonly Migration[] = [
  first,
  upstream,
  speaking,
  buildRuns,
  ciBranches,
  apis,
  scaling,
  pulses,
  restored,
  search,
  oneSearch,
  mailWords,
  nameParts,
  longLists,
  patchMarks,
  home,
];

/**
 * Brings the schema up to this version: all steps that are missing, each recorded, in one transaction.
 * @throws PatchloomError STORE_NEWER, STORE_UNUSABLE
 */
export async function migrate(db: Db, file: string): Promise<void> {
  if ((await versionOf(db, file)) === MIGRATIONS.length) return;
  await db.transaction().execute(async (tx) => {
    // Asked again under the lock: another process may have done it meanwhile.
    const version = await versionOf(tx, file);
    if (version === 0) {
      await tx.schema
        .createTable('migration')
        .ifNotExists()
        .addColumn('number', 'integer', (c) => c.primaryKey())
        .addColumn('name', 'text', (c) => c.notNull())
        .modifyEnd(sql`strict`)
        .execute();
    }
    for (const [offset, step] of MIGRATIONS.slice(version).entries()) {
      await step.up(tx);
      await tx
        .insertInto('migration')
        .values({ number: version + offset + 1, name: step.name })
        .execute();
    }
  });
}

/** For readers, who cannot migrate. @throws PatchloomError STORE_NEWER, STORE_UNUSABLE */
export async function checkSchema(db: Db, file: string): Promise<void> {
  const version = await versionOf(db, file);
  if (version === MIGRATIONS.length) return;
  const words = `its schema ${version} is older than this patchloom's ${MIGRATIONS.length}: run "patchloom import" or "patchloom serve" once`;
  throw new PatchloomError('STORE_UNUSABLE', `${file}: ${words}`);
}

/** The tables of the file, or of the schema of the database that we are let into. */
async function tableNames(db: Db): Promise<readonly string[]> {
  const names =
    engineOf(db) === 'sqlite'
      ? sql<{ name: string }>`select name from sqlite_schema where type = 'table'`
      : sql<{ name: string }>`select tablename as name from pg_tables where schemaname = current_schema()`;
  return (await names.execute(db)).rows.map(({ name }) => name);
}

/** Number of the newest step that was done, 0 for an empty file. */
async function versionOf(db: Db, file: string): Promise<number> {
  const tables = await tableNames(db);
  if (tables.length === 0) return 0;
  if (!tables.includes('migration')) {
    throw new PatchloomError('STORE_UNUSABLE', `${file}: this is a database of another program`);
  }
  const row = await db
    .selectFrom('migration')
    .select(({ fn }) => fn.max('number').as('number'))
    .executeTakeFirst();
  const version = row?.number ?? 0;
  if (version > MIGRATIONS.length) {
    throw new PatchloomError(
      'STORE_NEWER',
      `${file}: its schema is ${version}, this patchloom knows up to ${MIGRATIONS.length}`,
    );
  }
  return version;
}
