import assert from 'node:assert/strict';
import { checksOf, knownCheck, saveChecks } from '../../src/store/checks.ts';
import { cursorOf, saveCursor } from '../../src/store/cursors.ts';
import { amendMirror, mirrorOf, mirrorsOf, saveMirror } from '../../src/store/mirrors.ts';
import { factsOf, factsOfAll } from '../../src/store/facts.ts';
import { markPatch } from '../../src/store/patch-marks.ts';
import { sampleCheck, sampleMirror, sampleSeries, sampleTags, WAITING } from '../helpers/samples.ts';
import { storeTest } from '../helpers/store-test.ts';

const ONE = { project: 'xen', key: 'one' };
const TWO = { project: 'ltp', key: 'two' };

storeTest('a mirror is kept for each base, with the number and times of its attempts', async ({ open }) => {
  const store = await open();
  const save = (of: typeof ONE, result: ReturnType<typeof sampleMirror>, now: number) =>
    store.transaction((tx) => saveMirror(tx, of, result, now));
  const conflict = sampleMirror('b1', { state: 'conflict', ref: null, reason: 'patch 1 does not apply' });
  await save(ONE, conflict, 10);
  await save(ONE, conflict, 20);
  await save(ONE, sampleMirror('b2'), 15);
  await save(TWO, sampleMirror('b1'), 30);
  assert.deepEqual(await mirrorOf(store.db, 'xen', 'one'), {
    ...ONE,
    result: conflict,
    attempts: 2,
    firstAt: 10,
    lastAt: 20,
  });
  assert.deepEqual(
    (await mirrorsOf(store.db, 'xen', 'one')).map((one) => one.result.base?.commit),
    ['b1', 'b2'],
  );
  await store.transaction((tx) => amendMirror(tx, ONE, { ...conflict, reason: 'later' }));
  await store.transaction((tx) => amendMirror(tx, ONE, sampleMirror('b3')));
  const amended = await mirrorsOf(store.db, 'xen', 'one');
  assert.deepEqual(
    amended.map(({ result, attempts, lastAt }) => [result.reason, attempts, lastAt]),
    [
      ['later', 2, 20],
      ['', 1, 15],
    ],
  );
  assert.equal(await mirrorOf(store.db, 'xen', 'two'), null);
});

storeTest('an error of the machine does not hide an earlier result', async ({ open }) => {
  const store = await open();
  const error = sampleMirror(null, { state: 'error', ref: null, reason: 'the remote is down' });
  await store.transaction((tx) => saveMirror(tx, ONE, error, 5));
  assert.equal((await mirrorOf(store.db, 'xen', 'one'))?.result.state, 'error');
  await store.transaction((tx) => saveMirror(tx, ONE, sampleMirror('b1'), 6));
  await store.transaction((tx) => saveMirror(tx, ONE, error, 7));
  assert.equal((await mirrorOf(store.db, 'xen', 'one'))?.result.state, 'applied');
  assert.equal((await mirrorsOf(store.db, 'xen', 'one'))[0]?.attempts, 2);
});

storeTest('a check of the same context and patch replaces the earlier one', async ({ open }) => {
  const store = await open();
  const pending = sampleCheck('build', { state: 'pending', patch: '<p1@x>' });
  const whole = sampleCheck('build');
  const done = sampleCheck('build', {
    state: 'fail',
    patch: '<p1@x>',
    excerpt: 'a.c:1: error',
    url: 'https://ci.example.org/1',
  });
  const save = (checks: readonly ReturnType<typeof sampleCheck>[], now: number) =>
    store.transaction((tx) =>
      saveChecks(
        tx,
        ONE,
        checks.map((check) => ({ check, jobHash: 'j1' })),
        now,
      ),
    );
  await save([pending, whole], 1);
  await save([done], 2);
  assert.deepEqual(await checksOf(store.db, 'xen', 'one'), [done, whole]);
  assert.deepEqual(await checksOf(store.db, 'xen', 'two'), []);
});

storeTest(
  'the same job on the same tree is known again, whatever series it was for, once it has finished',
  async ({ open }) => {
    const store = await open();
    const save = (of: typeof ONE, check: ReturnType<typeof sampleCheck>, now: number) =>
      store.transaction((tx) => saveChecks(tx, of, [{ check, jobHash: 'j1' }], now));
    await save(ONE, sampleCheck('build', { state: 'pending' }), 1);
    assert.equal(await knownCheck(store.db, 't1', 'j1'), null);
    const failed = sampleCheck('build', { state: 'fail' });
    await save(TWO, failed, 2);
    assert.deepEqual(await knownCheck(store.db, 't1', 'j1'), failed);
    assert.equal(await knownCheck(store.db, 't1', 'j2'), null);
    assert.equal(await knownCheck(store.db, 't2', 'j1'), null);
  },
);

storeTest('a cursor is kept for each source', async ({ open }) => {
  const store = await open();
  await store.transaction((tx) => saveCursor(tx, 'imap list', '1:5'));
  await store.transaction((tx) => saveCursor(tx, 'imap list', '1:6'));
  await store.transaction((tx) => saveCursor(tx, 'mbox', '900'));
  assert.equal(await cursorOf(store.db, 'imap list'), '1:6');
  assert.equal(await cursorOf(store.db, 'mbox'), '900');
  assert.equal(await cursorOf(store.db, 'none'), null);
});

storeTest(
  'the facts of many series are those of each, and an error of the machine takes no result back',
  async ({ open }) => {
    const store = await open();
    const all = ['one', 'two', 'three'].map((name) => ({
      series: sampleSeries(name),
      tags: sampleTags(`<${name}-1@example.org>`),
      readiness: WAITING,
      component: 1,
    }));
    const [one, two, three] = all.map(({ series }) => series);
    assert.ok(one && two && three);
    await store.transaction(async (tx) => {
      await saveMirror(tx, one, sampleMirror('b1'), 1);
      await saveMirror(tx, one, sampleMirror('b2', { state: 'conflict' }), 2);
      await saveMirror(tx, one, sampleMirror('b3', { state: 'error' }), 3);
      await saveMirror(tx, two, sampleMirror('b1', { state: 'error', reason: 'first' }), 1);
      await saveMirror(tx, two, sampleMirror('b2', { state: 'error', reason: 'last' }), 2);
      await saveChecks(
        tx,
        one,
        [
          { check: sampleCheck('b'), jobHash: '' },
          { check: sampleCheck('a'), jobHash: '' },
        ],
        1,
      );
      await markPatch(tx, { project: 'xen', msgid: three.msgid }, { state: 'deferred' }, 'robot', 5);
      await markPatch(tx, { project: 'ltp', msgid: one.msgid }, { state: 'deferred' }, 'robot', 5);
    });
    const facts = await factsOfAll(store.db, all);
    for (const [at, stored] of all.entries()) {
      const { project, key } = stored.series;
      assert.deepEqual(facts[at], await factsOf(store.db, stored));
      assert.deepEqual(facts[at]?.mirror, (await mirrorOf(store.db, project, key))?.result ?? null);
      assert.deepEqual(facts[at]?.checks, await checksOf(store.db, project, key));
    }
    assert.deepEqual(
      facts.map(({ mirror, marks }) => [mirror?.state, mirror?.reason, marks.size]),
      [
        ['conflict', '', 0],
        ['error', 'last', 0],
        [undefined, undefined, 1],
      ],
    );
  },
);
