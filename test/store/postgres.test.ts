import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import pg from 'pg';
import { claim, enqueue } from '../../src/store/jobs.ts';
import { cursorOf, saveCursor } from '../../src/store/cursors.ts';
import { openStore, type StoreOptions } from '../../src/store/open.ts';
import { describeError } from '../../src/util/errors.ts';
import { startPostgres } from '../helpers/postgres.ts';
import { requires } from '../helpers/requires.ts';
import { newDatabase } from '../helpers/store-test.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { tempStore } from '../helpers/temp-store.ts';

async function refusal(options: StoreOptions): Promise<string> {
  try {
    await (await openStore(options)).close();
  } catch (error) {
    const line = describeError(error);
    assert.doesNotMatch(line, /\n|hunter2/);
    return line;
  }
  return 'it opened';
}

async function run(database: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  await client.query(statement);
  await client.end();
}

test(
  'a server that is away, a database that is not there or of another program, and a newer schema each give one line',
  requires('postgres'),
  async (t) => {
    const directory = tempDir(t);
    const database = await newDatabase();
    const url = new URL(database);
    assert.match(
      await refusal({ directory, database: 'postgres://bot:hunter2@127.0.0.1:1/none' }),
      /^postgres 127\.0\.0\.1:1\/none: .*ECONNREFUSED.*STORE_UNREACHABLE/,
    );
    assert.match(
      await refusal({ directory, database: `postgres://bot:hunter2@${url.host}/test1` }),
      /the server lets us not in: role "bot" does not exist.*STORE_UNUSABLE/,
    );
    assert.match(
      await refusal({ directory, database: `postgres://patchloom@${url.host}/none` }),
      /there is no such database.*STORE_UNUSABLE/,
    );
    assert.match(
      await refusal({ directory, database, readonly: true }),
      /its schema 0 is older.*run "patchloom import" or "patchloom serve" once/,
    );
    await run(database, 'create table song (title text)');
    assert.match(await refusal({ directory, database }), /database of another program \(STORE_UNUSABLE/);
    await run(database, 'drop table song');
    assert.equal(await refusal({ directory, database }), 'it opened');
    await run(database, "insert into migration values (99, '0099-future')");
    assert.match(
      await refusal({ directory, database }),
      /its schema is 99, this patchloom knows up to \d+ \(STORE_NEWER/,
    );
  },
);

test('a transaction waits for another process only as long as it was told to', requires('postgres'), async (t) => {
  const database = await newDatabase();
  const [one, other] = [await tempStore(t, { database, wait: 100 }), await tempStore(t, { database })];
  const { promise: entered, resolve: enter } = Promise.withResolvers<void>();
  const { promise: left, resolve: leave } = Promise.withResolvers<void>();
  const holding = other.transaction(async () => {
    enter();
    await left;
  });
  await entered;
  await assert.rejects(
    one.transaction((tx) => saveCursor(tx, 'list', '1')),
    { code: 'STORE_BUSY' },
  );
  leave();
  await holding;
  await one.transaction((tx) => saveCursor(tx, 'list', '2'));
});

test(
  'a restart of the server loses no acknowledged transaction, tells of lost locks, and the store goes on by itself',
  requires('postgres'),
  async (t) => {
    await using server = await startPostgres({ durable: true });
    const store = await tempStore(t, { database: await server.create() });
    for (const end of ['stop', 'kill9'] as const) {
      const lock = await store.lock('mailbox');
      assert.ok(lock);
      await store.transaction((tx) => saveCursor(tx, 'list', end));
      const torn = store.transaction(async (tx) => {
        await saveCursor(tx, 'list', 'torn');
        await server[end]();
      });
      await assert.rejects(torn, { code: 'STORE_UNREACHABLE' });
      if (!lock.lost.aborted)
        await new Promise((resolve) => lock.lost.addEventListener('abort', resolve, { once: true }));
      await server.restart();
      assert.equal(await cursorOf(store.db, 'list'), end);
      await store.transaction((tx) => enqueue(tx, { kind: 'k', key: end, payload: null }, 0));
      assert.equal((await claim(store, { kinds: ['k'], leaseMs: 10, now: 1 }))?.key, end);
      await (await store.lock('mailbox'))?.release();
    }
  },
);

test('all processes go by the clock of the server, whatever their own says', requires('postgres'), async (t) => {
  const store = await tempStore(t, { database: await newDatabase() });
  const { rows } = await sql<{ now: number }>`select extract(epoch from now()) * 1000 as now`.execute(store.db);
  t.mock.timers.enable({ apis: ['Date'], now: 1_000_000 });
  const clock = await store.clock();
  const ahead = clock.now() - Number(rows[0]?.now);
  assert.equal(Date.now(), 1_000_000);
  assert.ok(ahead >= -1 && ahead < 60_000, `${ahead} ms`);
});
