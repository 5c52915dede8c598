import assert from 'node:assert/strict';
import { forgetBranch, noteStart, notePush, oldBranches, startedAt } from '../../src/store/ci-branches.ts';
import { storeTest } from '../helpers/store-test.ts';

const ONE = { project: 'xen', commit: 'a'.repeat(40) };
const TWO = { ...ONE, commit: 'b'.repeat(40) };

storeTest('a pushed branch is old from its last push on, and keeps when its run was asked for', async ({ open }) => {
  const store = await open();
  await store.transaction(async (tx) => {
    await notePush(tx, ONE, 100);
    await notePush(tx, TWO, 200);
    await notePush(tx, { ...ONE, project: 'ltp' }, 50);
    await noteStart(tx, ONE, 110);
    await notePush(tx, ONE, 300);
  });
  assert.deepEqual([await startedAt(store.db, ONE), await startedAt(store.db, TWO)], [110, null]);
  assert.deepEqual(await oldBranches(store.db, 'xen', 250), [TWO]);
  assert.deepEqual(await oldBranches(store.db, 'xen', 400), [TWO, ONE]);
  await store.transaction((tx) => forgetBranch(tx, ONE));
  assert.deepEqual(await oldBranches(store.db, 'xen', 400), [TWO]);
  assert.equal(await startedAt(store.db, ONE), null);
});
