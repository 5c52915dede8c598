import { sql } from 'kysely';
import type { Tx } from '../schema.ts';
import { engineOf, type Migration } from './migration.ts';

/** Rows of the lists that are looked for by a part of their name. */
const NAMED = { posting: "kind in ('patch', 'cover')", listed_series: 'live = 1' } as const;

/** Indexes of every three letters in a row of a name, for lists that are asked for by a part of it, which may begin within a word. */
export const nameParts: Migration = {
  name: '0015-name-parts',
  async up(tx) {
    const sqlite = engineOf(tx) === 'sqlite';
    if (!sqlite) await postgresFunction(tx);
    for (const [table, listed] of Object.entries(NAMED))
      await (sqlite ? sqliteIndex(tx, table, listed) : postgresIndex(tx, table, listed));
  },
};

/** Triggers keep it as the table is. */
async function sqliteIndex(tx: Tx, table: string, listed: string): Promise<void> {
  const parts = `${table}_parts`;
  const run = (text: string) => sql.raw(text).execute(tx);
  const how = "content='', contentless_delete=1, detail=none, tokenize='trigram'";
  await run(`create virtual table ${parts} using fts5(name, ${how})`);
  await run(`insert into ${parts} (rowid, name) select id, name from ${table} where ${listed}`);
  const put = `insert into ${parts} (rowid, name) select id, name from ${table} where id = new.id and ${listed};`;
  const take = `delete from ${parts} where rowid = old.id;`;
  const [column] = listed.split(' ');
  const other = `old.name is not new.name or old.${column} is not new.${column}`;
  await run(`create trigger ${parts}_insert after insert on ${table} begin ${put} end`);
  await run(`create trigger ${parts}_delete after delete on ${table} begin ${take} end`);
  await run(
    `create trigger ${parts}_update after update of name, ${column} on ${table} when ${other} begin ${take} ${put} end`,
  );
}

/** What the extension pg_trgm would do, which not every server has. */
async function postgresFunction(tx: Tx): Promise<void> {
  const parts = 'select array_agg(distinct substr($1, at, 3)) from generate_series(1, length($1) - 2) as at';
  await sql
    .raw(`create function name_parts(text) returns text[] language sql immutable strict parallel safe as '${parts}'`)
    .execute(tx);
}

async function postgresIndex(tx: Tx, table: string, listed: string): Promise<void> {
  await sql
    .raw(`create index ${table}_parts on ${table} using gin (name_parts(lower(name))) where ${listed}`)
    .execute(tx);
}
