import { sql } from 'kysely';
import { searchComponents } from '../search-rows.ts';
import { SEARCH_FIELDS } from '../search-fields.ts';
import type { Tx } from '../schema.ts';
import { engineOf, type Migration } from './migration.ts';

/** What a list of changes is narrowed and sorted by, one short row a series, with a full-text index beside it. */
export const search: Migration = {
  name: '0009-search',
  async up(tx) {
    await tx.schema
      .createTable('series_search')
      .addColumn('series', 'integer', (c) => c.primaryKey().references('series.id').onDelete('cascade'))
      .addColumn('project', 'text', (c) => c.notNull())
      .addColumn('posted', 'integer', (c) => c.notNull())
      .addColumn('active', 'integer', (c) => c.notNull())
      .addColumn('latest', 'integer', (c) => c.notNull())
      .addColumn('state', 'text', (c) => c.notNull())
      .addColumn('readiness', 'text', (c) => c.notNull())
      .addColumn('target', 'text', (c) => c.notNull())
      .addColumn('patches', 'integer', (c) => c.notNull())
      .addColumn('comments', 'integer', (c) => c.notNull())
      .addColumn('tags', 'integer', (c) => c.notNull())
      .addColumn('objections', 'integer', (c) => c.notNull())
      .addColumn('cover', 'integer', (c) => c.notNull())
      .addColumn('words', 'text', (c) => c.notNull())
      .addColumn('author', 'text', (c) => c.notNull())
      .addColumn('reviewer', 'text', (c) => c.notNull())
      .addColumn('path', 'text', (c) => c.notNull())
      .addColumn('waiting', 'text', (c) => c.notNull())
      .addColumn('asked', 'text', (c) => c.notNull())
      .modifyEnd(sql`strict`)
      .execute();
    for (const by of ['posted', 'active', 'patches'])
      await tx.schema
        .createIndex(`series_search_${by}`)
        .on('series_search')
        .columns(['latest', by, 'series', 'project', 'state', 'readiness'])
        .execute();
    await (engineOf(tx) === 'sqlite' ? sqliteIndex(tx) : postgresIndex(tx));
    const components = await tx.selectFrom('series').select('component').distinct().execute();
    await searchComponents(
      tx,
      components.map(({ component }) => component),
    );
  },
};

/** FTS5 keeps no text of its own; triggers tell it what has changed in the table. */
async function sqliteIndex(tx: Tx): Promise<void> {
  const list = (before: string) => SEARCH_FIELDS.map((field) => `${before}${field}`).join(', ');
  await sql
    .raw(
      `create virtual table series_fts using fts5(${list('')}, content='series_search', content_rowid='series', prefix='2 3', tokenize='unicode61')`,
    )
    .execute(tx);
  const put = `insert into series_fts(rowid, ${list('')}) values (new.series, ${list('new.')});`;
  const take = `insert into series_fts(series_fts, rowid, ${list('')}) values ('delete', old.series, ${list('old.')});`;
  await sql.raw(`create trigger series_fts_insert after insert on series_search begin ${put} end`).execute(tx);
  await sql.raw(`create trigger series_fts_delete after delete on series_search begin ${take} end`).execute(tx);
  await sql.raw(`create trigger series_fts_update after update on series_search begin ${take} ${put} end`).execute(tx);
}

async function postgresIndex(tx: Tx): Promise<void> {
  for (const field of SEARCH_FIELDS)
    await sql
      .raw(`create index series_fts_${field} on series_search using gin (to_tsvector('simple', ${field}))`)
      .execute(tx);
}
