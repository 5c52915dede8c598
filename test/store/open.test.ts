import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { sql } from 'kysely';
import { cursorOf, saveCursor } from '../../src/store/cursors.ts';
import { putMessages, rawOf } from '../../src/store/messages.ts';
import { openStore, STORE_FILE } from '../../src/store/open.ts';
import type { Store, StoreOptions } from '../../src/store/open.ts';
import { eachRaw } from '../../src/store/rebuild.ts';
import type { Tx } from '../../src/store/schema.ts';
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

test('a transaction that throws keeps nothing', async (t) => {
  const store = await tempStore(t);
  const failing = store.transaction(async (tx) => {
    await saveCursor(tx, 'list', '1');
    throw new Error('no');
  });
  await assert.rejects(failing, /^Error: no$/);
  assert.equal(await cursorOf(store.db, 'list'), null);
});

test('reading through db inside a transaction sees the state before it and does not hang', async (t) => {
  const store = await tempStore(t);
  const seen = await store.transaction(async (tx) => {
    await saveCursor(tx, 'list', '1');
    return [await cursorOf(tx, 'list'), await cursorOf(store.db, 'list')];
  });
  assert.deepEqual(seen, ['1', null]);
});

test('a transaction inside a transaction throws instead of hanging', async (t) => {
  const store = await tempStore(t);
  const nested = store.transaction(() => store.transaction((tx) => saveCursor(tx, 'list', '1')));
  await assert.rejects(nested, /a transaction inside a transaction/);
  await store.transaction((tx) => saveCursor(tx, 'list', '2'));
});

test('transactions of one process queue up and none is lost', async (t) => {
  const store = await tempStore(t);
  const add = (tx: Tx): Promise<void> =>
    cursorOf(tx, 'sum').then((value) => saveCursor(tx, 'sum', String(Number(value ?? 0) + 1)));
  await Promise.all(Array.from({ length: 25 }, () => store.transaction(add)));
  assert.equal(await cursorOf(store.db, 'sum'), '25');
});

test('a query on a transaction that has ended is refused', async (t) => {
  const store = await tempStore(t);
  const kept: Tx[] = [];
  await store.transaction(async (tx) => {
    kept.push(tx);
  });
  const [tx] = kept;
  assert.ok(tx);
  await assert.rejects(saveCursor(tx, 'list', '1'), /transaction that has ended/);
});

test('writing through db fails', async (t) => {
  const store = await tempStore(t);
  const written = store.db.insertInto('cursor').values({ source: 'a', value: '1' }).execute();
  await assert.rejects(written, { code: 'STORE_UNUSABLE' });
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

test('a reader beside the writer sees what is committed and cannot write', async (t) => {
  const store = await tempStore(t);
  const reader = await tempStore(t, { directory: store.directory, readonly: true });
  await store.transaction((tx) => saveCursor(tx, 'list', '7'));
  assert.equal(await cursorOf(reader.db, 'list'), '7');
  await assert.rejects(
    reader.transaction((tx) => saveCursor(tx, 'list', '8')),
    /opened for reading only/,
  );
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

test('a stored mail whose bytes changed is told by name', async (t) => {
  const store = await tempStore(t);
  await store.transaction(async (tx) => {
    await putMessages(tx, [sampleMessage('<a@x>', 'a')]);
    await tx
      .updateTable('raw')
      .set({ bytes: Buffer.from('no zstd') })
      .execute();
  });
  await assert.rejects(rawOf(store.db, '<a@x>'), /mail <a@x>: its stored bytes are damaged/);
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
