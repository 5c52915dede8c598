import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { sql } from 'kysely';
import { cursorOf, saveCursor } from '../../src/store/cursors.ts';
import { putMessages } from '../../src/store/messages.ts';
import { openStore } from '../../src/store/open.ts';
import { openConnection } from '../../src/store/sqlite-connection.ts';
import { STORE_FILE } from '../../src/store/sqlite-engine.ts';
import type { Store, StoreOptions } from '../../src/store/open.ts';
import { eachRaw } from '../../src/store/rebuild.ts';
import { describeError } from '../../src/util/errors.ts';
import { sampleMessage } from '../helpers/samples.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { tempStore } from '../helpers/temp-store.ts';

/** The one line that opening ends with. */
async function refusal(options: StoreOptions): Promise<string> {
  let store: Store;
  try {
    store = await openStore(options);
  } catch (error) {
    const line = describeError(error);
    assert.doesNotMatch(line, /\n/);
    return line;
  }
  await store.close();
  return 'it opened';
}

test('a missing directory is made, and what was committed is there after opening again', async (t) => {
  const directory = join(tempDir(t), 'deep', 'data');
  const first = await openStore({ directory });
  await first.transaction((tx) => saveCursor(tx, 'list', '42'));
  await first.close();
  await first.close();
  const second = await tempStore(t, { directory });
  assert.equal(await cursorOf(second.db, 'list'), '42');
});

test('the settings that durability needs are on', async (t) => {
  const store = await tempStore(t);
  const settings = await store.transaction(async (tx) => {
    const values: unknown[] = [];
    for (const name of ['journal_mode', 'synchronous', 'foreign_keys']) {
      const { rows } = await sql<Record<string, unknown>>`pragma ${sql.raw(name)}`.execute(tx);
      values.push(rows[0]?.[name]);
    }
    return values;
  });
  assert.deepEqual(settings, ['wal', 2, 1]);
});

test('values that SQLite would keep as something else are refused or made numbers', async (t) => {
  const store = await tempStore(t);
  const read = async (value: unknown): Promise<unknown> => {
    const { rows } = await sql<{ value: unknown }>`select ${value} as value`.execute(store.db);
    return rows[0]?.value;
  };
  assert.equal(await read(new Date(1234)), 1234);
  assert.equal(await read(true), 1);
  assert.equal(await read(2 ** 53 - 1), 2 ** 53 - 1);
  for (const value of [Number.NaN, {}, undefined, new Date(Number.NaN)]) await assert.rejects(read(value), TypeError);
});

test('a second serving process is refused with the id of the first', async (t) => {
  const store = await tempStore(t, { intake: true });
  const line = await refusal({ directory: store.directory, intake: true });
  assert.match(line, new RegExp(`already serving it \\(pid ${process.pid}\\) \\(STORE_BUSY`));
  await (await openStore({ directory: store.directory })).close();
  await store.close();
  assert.equal(await refusal({ directory: store.directory, intake: true }), 'it opened');
});

test('reading where there is no data says so and makes nothing', async (t) => {
  const directory = join(tempDir(t), 'none');
  assert.match(await refusal({ directory, readonly: true }), /there is no data yet.*STORE_UNUSABLE/);
  assert.equal(existsSync(directory), false);
});

test('a newer schema is refused and left as it is', async (t) => {
  const directory = tempDir(t);
  await (await openStore({ directory })).close();
  const file = join(directory, STORE_FILE);
  const database = new DatabaseSync(file);
  database.exec("insert into migration values (99, '0099-future')");
  database.close();
  const before = readFileSync(file);
  assert.match(await refusal({ directory }), /its schema is 99, this patchloom knows up to \d+ \(STORE_NEWER/);
  assert.match(await refusal({ directory, readonly: true }), /STORE_NEWER/);
  assert.deepEqual(readFileSync(file), before);
});

test('files that are no database, another database, or a damaged one give one line', async (t) => {
  const text = tempDir(t);
  writeFileSync(join(text, STORE_FILE), 'this is not a database\n'.repeat(100));
  assert.match(await refusal({ directory: text }), /patchloom\.db: the file is not a database.*STORE_UNUSABLE/);

  const other = tempDir(t);
  const database = new DatabaseSync(join(other, STORE_FILE));
  database.exec('create table song (title text)');
  database.close();
  assert.match(await refusal({ directory: other }), /database of another program \(STORE_UNUSABLE/);

  const cut = tempDir(t);
  await (await openStore({ directory: cut })).close();
  truncateSync(join(cut, STORE_FILE), 6000);
  assert.match(await refusal({ directory: cut }), /the file is damaged.*STORE_UNUSABLE/);
});

test('damage that is met while reading is told in one line', async (t) => {
  const directory = tempDir(t);
  const written = await openStore({ directory });
  const mails = Array.from({ length: 50 }, (_, n) => sampleMessage(`<${n}@x>`, randomBytes(2000).toString('latin1')));
  await written.transaction((tx) => putMessages(tx, mails));
  await written.close();
  const file = join(directory, STORE_FILE);
  const bytes = readFileSync(file);
  // The newest mails lie in the last pages.
  writeFileSync(file, bytes.fill(0x5a, bytes.length - 40_000));
  const store = await tempStore(t, { directory });
  await assert.rejects(Array.fromAsync(eachRaw(store.db)), { code: 'STORE_UNUSABLE' });
});

test('a directory that cannot be used gives one line', async (t) => {
  const file = join(tempDir(t), 'file');
  writeFileSync(file, '');
  assert.match(await refusal({ directory: file }), /the data directory cannot be made.*STORE_UNUSABLE/);
  assert.match(await refusal({ directory: join(file, 'below') }), /the data directory cannot be made.*STORE_UNUSABLE/);
});

test('a transaction waits for another process only as long as it was told to', async (t) => {
  const store = await tempStore(t, { wait: 100 });
  const other = new DatabaseSync(join(store.directory, STORE_FILE));
  t.after(() => other.close());
  other.exec('begin immediate');
  await assert.rejects(
    store.transaction((tx) => saveCursor(tx, 'list', '1')),
    { code: 'STORE_BUSY' },
  );
  other.exec('rollback');
  await store.transaction((tx) => saveCursor(tx, 'list', '2'));
});

test('rows have the columns that the table has now, also where another process changes it meanwhile', (t) => {
  const file = join(tempDir(t), 'columns.db');
  const other = new DatabaseSync(file);
  t.after(() => other.close());
  other.exec("create table t (a text, b text, c text); insert into t values ('1', '2', '3')");
  const own = openConnection({ file, readonly: true, wait: 100 });
  t.after(() => own.close());
  const rows = (): unknown[] => own.prepare('select * from t').all([]);
  assert.deepEqual(rows(), [{ a: '1', b: '2', c: '3' }]);
  other.exec("alter table t drop column a; alter table t add column d text; update t set d = '4'");
  assert.deepEqual(rows(), [{ b: '2', c: '3', d: '4' }]);
});
