import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { sql } from 'kysely';
import pg from 'pg';
import { isFarFromHome, rememberHome } from '../../src/store/home.ts';
import { openStore } from '../../src/store/open.ts';
import type { HomeTable } from '../../src/store/schema-signs.ts';
import { exec } from '../../src/util/exec.ts';
import { type Postgres, postgresPrograms, startPostgres } from '../helpers/postgres.ts';
import { requires } from '../helpers/requires.ts';
import { newDatabase, storeTest } from '../helpers/store-test.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { tempStore } from '../helpers/temp-store.ts';

const bin = postgresPrograms() ?? '';

/** Runs one statement as an administrator does. */
async function administer(database: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  await client.query(statement);
  await client.end();
}

/** Another database of the same server. */
function beside(database: string, name: string): string {
  const url = new URL(database);
  url.pathname = `/${name}`;
  return url.href;
}

async function farFromHome(t: TestContext, database: string): Promise<boolean> {
  const store = await openStore({ directory: tempDir(t), database });
  try {
    return await isFarFromHome(store.db);
  } finally {
    await store.close();
  }
}

async function dumped(t: TestContext, database: string): Promise<string> {
  const dump = join(tempDir(t), 'dump');
  await exec(join(bin, 'pg_dump'), ['--format=custom', `--file=${dump}`, database]);
  return dump;
}

const restored = (dump: string, database: string, ...options: readonly string[]) =>
  exec(join(bin, 'pg_restore'), ['--no-owner', ...options, `--dbname=${database}`, dump]);

storeTest('a new store is at home, also when it is opened again', async ({ open }) => {
  for (const store of [await open(), await open()]) assert.equal(await isFarFromHome(store.db), false);
});

test(
  'a dump that is restored is far from home, into whatever database, until somebody says otherwise',
  requires('postgres'),
  async (t) => {
    const [first, second] = [await newDatabase(), await newDatabase()];
    assert.equal(await farFromHome(t, first), false);
    const dump = await dumped(t, first);
    await restored(dump, second);
    assert.deepEqual([await farFromHome(t, first), await farFromHome(t, second)], [false, true]);
    const store = await tempStore(t, { database: second });
    await store.transaction(rememberHome);
    assert.equal(await isFarFromHome(store.db), false);
    // Nothing of the database is left, and its number stays.
    await restored(dump, first, '--clean', '--if-exists');
    assert.equal(await farFromHome(t, first), true);
    await restored(dump, second, '--data-only', '--table=home');
    assert.equal(await isFarFromHome(store.db), true);
  },
);

test('a database that was made of another as its template is far from home', requires('postgres'), async (t) => {
  const database = await newDatabase();
  assert.equal(await farFromHome(t, database), false);
  const name = new URL(database).pathname.slice(1);
  await administer(beside(database, 'postgres'), `create database ${name}_copy template ${name}`);
  assert.equal(await farFromHome(t, beside(database, `${name}_copy`)), true);
});

test(
  'a database of the same number on another server is known for another, by a role without rights too',
  requires('postgres'),
  async (t) => {
    const servers: readonly Postgres[] = [await startPostgres(), await startPostgres()];
    t.after(() => Promise.all(servers.map((server) => server.close())));
    const [first = '', second = ''] = await Promise.all(
      servers.map(async (server) => {
        const database = await server.create();
        await administer(database, 'create role plain login');
        await administer(database, 'grant create on schema public to plain');
        return database.replace('patchloom@', 'plain@');
      }),
    );
    assert.equal(await farFromHome(t, first), false);
    await restored(await dumped(t, first), second);
    const store = await tempStore(t, { database: second });
    const change = (values: Partial<HomeTable>) =>
      store.transaction((tx) => tx.updateTable('home').set(values).execute());
    const { rows } = await sql<HomeTable>`select 'home'::regclass::oid::text as own`.execute(store.db);
    await change({ own: rows[0]?.own ?? '' });
    assert.equal(await isFarFromHome(store.db), true);
    await change({ cluster: null });
    assert.equal(await isFarFromHome(store.db), false, 'only the name of the server was another one');
  },
);

test(
  'a server that is restarted, tidied up or followed by its standby is still home, and so is one that keeps its name to itself',
  requires('postgres'),
  async (t) => {
    await using server = await startPostgres();
    const database = await server.create();
    assert.equal(await farFromHome(t, database), false);
    await administer(database, 'vacuum full home');
    await server.kill9();
    await server.restart();
    assert.equal(await farFromHome(t, database), false);

    await using standby = await server.standby();
    await server.kill9();
    const there = database.replace(`:${server.port}/`, `:${standby.port}/`);
    await administer(there, 'select pg_promote()');
    assert.equal(await farFromHome(t, there), false);

    await administer(there, 'create role plain login; alter table home owner to plain');
    await administer(there, 'grant select on all tables in schema public to plain');
    await administer(there, 'revoke execute on function pg_control_system() from public');
    const plain = await tempStore(t, { database: there.replace('patchloom@', 'plain@'), readonly: true });
    assert.equal(await isFarFromHome(plain.db), false);
  },
);
