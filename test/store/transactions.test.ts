import assert from 'node:assert/strict';
import { cursorOf, saveCursor } from '../../src/store/cursors.ts';
import { putMessages, rawOf } from '../../src/store/messages.ts';
import type { Tx } from '../../src/store/schema.ts';
import { sampleMessage } from '../helpers/samples.ts';
import { storeTest } from '../helpers/store-test.ts';

storeTest('a transaction that throws keeps nothing', async ({ open }) => {
  const store = await open();
  const failing = store.transaction(async (tx) => {
    await saveCursor(tx, 'list', '1');
    throw new Error('no');
  });
  await assert.rejects(failing, /^Error: no$/);
  assert.equal(await cursorOf(store.db, 'list'), null);
});

storeTest('reading through db inside a transaction sees the state before it and does not hang', async ({ open }) => {
  const store = await open();
  const seen = await store.transaction(async (tx) => {
    await saveCursor(tx, 'list', '1');
    return [await cursorOf(tx, 'list'), await cursorOf(store.db, 'list')];
  });
  assert.deepEqual(seen, ['1', null]);
});

storeTest('a transaction inside a transaction throws instead of hanging', async ({ open }) => {
  const store = await open();
  const nested = store.transaction(() => store.transaction((tx) => saveCursor(tx, 'list', '1')));
  await assert.rejects(nested, /a transaction inside a transaction/);
  await store.transaction((tx) => saveCursor(tx, 'list', '2'));
});

storeTest('transactions of one process queue up and none is lost', async ({ open }) => {
  const store = await open();
  const add = (tx: Tx): Promise<void> =>
    cursorOf(tx, 'sum').then((value) => saveCursor(tx, 'sum', String(Number(value ?? 0) + 1)));
  await Promise.all(Array.from({ length: 25 }, () => store.transaction(add)));
  assert.equal(await cursorOf(store.db, 'sum'), '25');
});

storeTest('a query on a transaction that has ended is refused', async ({ open }) => {
  const store = await open();
  const kept: Tx[] = [];
  await store.transaction(async (tx) => {
    kept.push(tx);
  });
  const [tx] = kept;
  assert.ok(tx);
  await assert.rejects(saveCursor(tx, 'list', '1'), /transaction that has ended/);
});

storeTest('writing through db fails', async ({ open }) => {
  const store = await open();
  const written = store.db.insertInto('cursor').values({ source: 'a', value: '1' }).execute();
  await assert.rejects(written, { code: 'STORE_UNUSABLE' });
});

storeTest('a reader beside the writer sees what is committed and cannot write', async ({ open }) => {
  const store = await open();
  const reader = await open({ readonly: true });
  await store.transaction((tx) => saveCursor(tx, 'list', '7'));
  assert.equal(await cursorOf(reader.db, 'list'), '7');
  await assert.rejects(
    reader.transaction((tx) => saveCursor(tx, 'list', '8')),
    /opened for reading only/,
  );
});

storeTest('a stored mail whose bytes changed is told by name', async ({ open }) => {
  const store = await open();
  await store.transaction(async (tx) => {
    await putMessages(tx, [sampleMessage('<a@x>', 'a')]);
    await tx
      .updateTable('raw')
      .set({ bytes: Buffer.from('no zstd') })
      .execute();
  });
  await assert.rejects(rawOf(store.db, '<a@x>'), /mail <a@x>: its stored bytes are damaged/);
});

storeTest('a value that an engine would keep as something else is refused or made a number', async ({ open }) => {
  const store = await open();
  const keep = (run_at: unknown): Promise<unknown> => {
    const job = { kind: 'k', key: 'k', payload: '', state: 'dead' as const, created: 0, attempts: 0, max_attempts: 1 };
    return store.transaction(async (tx) => {
      const values = { ...job, run_at: run_at as number };
      const row = await tx.insertInto('job').values(values).returning('run_at').executeTakeFirstOrThrow();
      return row.run_at;
    });
  };
  assert.equal(await keep(new Date(1234)), 1234);
  assert.equal(await keep(true), 1);
  assert.equal(await keep(2 ** 53 - 1), 2 ** 53 - 1);
  for (const value of [Number.NaN, {}, new Date(Number.NaN)]) await assert.rejects(keep(value), TypeError);
});

storeTest('text sorts by its bytes, and zero bytes and odd signs do no harm', async ({ open }) => {
  const store = await open();
  const names = ['b', 'B', 'a', 'ä', '_', '😀', '\uFFFD'];
  await store.transaction(async (tx) => {
    for (const name of [...names, 'zero \0 byte']) await saveCursor(tx, name, `value \0 of ${name}`);
    await saveCursor(tx, 'zero \0 byte', 'again');
  });
  assert.equal(await cursorOf(store.db, 'zero \0 byte'), 'again');
  const sorted = await store.db
    .selectFrom('cursor')
    .select('source')
    .where('source', 'in', names)
    .orderBy('source')
    .execute();
  assert.deepEqual(
    sorted.map(({ source }) => source),
    ['B', '_', 'a', 'b', 'ä', '\uFFFD', '😀'],
  );
});

storeTest('a lock is had by one process at a time, until it is released or its store closed', async ({ open }) => {
  const [one, other] = [await open(), await open()];
  const lock = await one.lock('mailbox <a> / b');
  assert.ok(lock);
  assert.equal(await one.lock('mailbox <a> / b'), null);
  assert.equal(await other.lock('mailbox <a> / b'), null);
  assert.ok(await other.lock('another'));
  await lock.release();
  await lock.release();
  assert.equal(lock.lost.aborted, false);
  assert.ok(await other.lock('mailbox <a> / b'));
  await other.close();
  assert.ok(await one.lock('mailbox <a> / b'));
  assert.ok(await one.lock('another'));
});
