import assert from 'node:assert/strict';
import { buildRunOf, moveRun, runsSince, saveGate } from '../../src/store/build-runs.ts';
import { storeTest } from '../helpers/store-test.ts';

const ONE = { project: 'xen', key: 'one' };
const answer = { ...ONE, author: 'Ann@Example.org', run: true, reason: '1 tag, 1 needed', asked: false };

storeTest(
  "the gate's answer is kept with the time of its last change, and a run moves on from there",
  async ({ open }) => {
    const store = await open();
    const save = (changes: Partial<typeof answer>, now: number) =>
      store.transaction((tx) => saveGate(tx, { ...answer, ...changes }, now));
    assert.equal(await buildRunOf(store.db, 'xen', 'one'), null);
    await save({ run: false, reason: 'waits for tags' }, 10);
    await save({ run: false, reason: 'waits for tags' }, 20);
    const waiting = { ...ONE, id: 1, state: 'waiting', reason: 'waits for tags', asked: false, at: 10, queuedAt: null };
    assert.deepEqual(await buildRunOf(store.db, 'xen', 'one'), waiting);
    await save({}, 30);
    await store.transaction((tx) => moveRun(tx, ONE, 'running', 40));
    const running = { ...ONE, id: 1, state: 'running', reason: '1 tag, 1 needed', asked: false, at: 40, queuedAt: 30 };
    assert.deepEqual(await buildRunOf(store.db, 'xen', 'one'), running);
  },
);

storeTest(
  'runs are counted by author and project, without the series itself, those asked for, and older ones',
  async ({ open }) => {
    const store = await open();
    const save = (key: string, changes: Partial<typeof answer>, now: number) =>
      store.transaction((tx) => saveGate(tx, { ...answer, key, ...changes }, now));
    await save('one', {}, 100);
    await save('two', {}, 100);
    await save('three', { author: 'bob@example.org' }, 100);
    await save('four', { asked: true }, 100);
    await save('five', {}, 50);
    await save('six', { project: 'ltp' }, 100);
    await save('seven', { run: false }, 100);
    assert.deepEqual(await runsSince(store.db, ONE, 'ANN@example.org', 60), { author: 1, project: 2 });
  },
);
