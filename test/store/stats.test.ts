import assert from 'node:assert/strict';
import { putMessages } from '../../src/store/messages.ts';
import { storeStats } from '../../src/store/stats.ts';
import { sampleMessage } from '../helpers/samples.ts';
import { storeTest } from '../helpers/store-test.ts';

storeTest('the sizes of a store are those of its tables, and its mails are counted', async ({ open, engine }) => {
  const store = await open();
  const text = 'x'.repeat(10_000);
  await store.transaction((tx) => putMessages(tx, [sampleMessage('<a@x>', text), sampleMessage('<b@x>', `${text}y`)]));
  await store.upkeep();
  const { mails, mailBytes, bytes, tables, ...rest } = await storeStats(store);
  assert.deepEqual([mails, mailBytes, rest.engine], [2, 20_001, engine]);
  assert.equal(tables.find(({ table }) => table === 'message')?.rows, 2);
  for (const { table, rows, bytes: size } of tables) assert.ok(rows === 0 || size > 0, table);
  assert.ok(tables.reduce((sum, one) => sum + one.bytes, 0) <= bytes);
  assert.equal(rest.free === null, engine === 'postgres');
});
