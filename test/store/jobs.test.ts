import assert from 'node:assert/strict';
import {
  claim,
  complete,
  deadJobs,
  enqueue,
  fail,
  nextJobAt,
  pendingJobs,
  release,
  renew,
} from '../../src/store/jobs.ts';
import type { Job, NewJob } from '../../src/store/jobs.ts';
import type { Store } from '../../src/store/open.ts';
import { cursorOf, saveCursor } from '../../src/store/cursors.ts';
import { storeTest } from '../helpers/store-test.ts';

const KINDS = ['mirror', 'run'];

const add = (store: Store, job: Partial<NewJob>, now = 0): Promise<boolean> =>
  store.transaction((tx) => enqueue(tx, { kind: 'mirror', key: 'k', payload: null, ...job }, now));

const take = (store: Store, now: number, kinds: readonly string[] = KINDS): Promise<Job | null> =>
  claim(store, { kinds, leaseMs: 100, now });

async function taken(store: Store, now: number): Promise<Job> {
  const job = await take(store, now);
  assert.ok(job);
  return job;
}

storeTest('a job is claimed once, with its payload, and is gone when it is complete', async ({ open }) => {
  const store = await open();
  assert.equal(await take(store, 0), null);
  assert.equal(await add(store, { payload: { list: [1, 'ü', null] }, lane: 'xen' }), true);
  const job = await taken(store, 10);
  assert.deepEqual(
    { ...job, id: 0 },
    {
      id: 0,
      kind: 'mirror',
      key: 'k',
      lane: 'xen',
      payload: { list: [1, 'ü', null] },
      attempt: 1,
      last: false,
      claim: 1,
      leaseUntil: 110,
    },
  );
  assert.equal(await take(store, 10), null);
  assert.deepEqual(await pendingJobs(store.db), [{ kind: 'mirror', state: 'active', count: 1 }]);
  await store.transaction((tx) => complete(tx, job));
  assert.deepEqual(await pendingJobs(store.db), []);
  assert.equal(await take(store, 1000), null);
});

storeTest('a job that is enqueued with a transaction that fails does not exist', async ({ open }) => {
  const store = await open();
  const failing = store.transaction(async (tx) => {
    await enqueue(tx, { kind: 'mirror', key: 'k', payload: null }, 0);
    throw new Error('no');
  });
  await assert.rejects(failing);
  assert.equal(await take(store, 0), null);
});

storeTest('enqueuing what is pending does nothing but bring it forward', async ({ open }) => {
  const store = await open();
  assert.equal(await add(store, { payload: 1, runAt: 50 }), true);
  assert.equal(await add(store, { payload: 2, runAt: 90 }), false);
  assert.equal(await take(store, 49), null);
  assert.equal(await add(store, { payload: 3, runAt: 20 }), false);
  assert.equal(await add(store, { kind: 'run' }, 99), true);
  assert.equal(await nextJobAt(store.db, KINDS), 20);
  assert.equal((await taken(store, 20)).payload, 1);
  assert.equal(await take(store, 20), null);
});

storeTest('what is enqueued while the same job runs is run after it', async ({ open }) => {
  const store = await open();
  await add(store, { payload: 'old', lane: 'xen' });
  const job = await taken(store, 0);
  assert.equal(await add(store, { payload: 'new', lane: 'xen' }), true);
  assert.equal(await take(store, 0), null);
  await store.transaction((tx) => complete(tx, job));
  assert.equal((await taken(store, 0)).payload, 'new');
});

storeTest('jobs run oldest first, one at a time in a lane, and only of the kinds asked for', async ({ open }) => {
  const store = await open();
  await add(store, { key: 'a1', lane: 'a', runAt: 3 });
  await add(store, { key: 'a2', lane: 'a', runAt: 1 });
  await add(store, { key: 'b1', lane: 'b', runAt: 2 });
  await add(store, { key: 'free1', runAt: 4 });
  await add(store, { key: 'free2', runAt: 5 });
  await add(store, { kind: 'other', key: 'x', runAt: 0 });
  const order: string[] = [];
  const jobs: Job[] = [];
  for (let job = await take(store, 10); job !== null; job = await take(store, 10)) {
    order.push(job.key);
    jobs.push(job);
  }
  assert.deepEqual(order, ['a2', 'b1', 'free1', 'free2']);
  const [first] = jobs;
  assert.ok(first);
  await store.transaction((tx) => complete(tx, first));
  assert.equal((await taken(store, 10)).key, 'a1');
  assert.equal((await take(store, 10, ['other']))?.key, 'x');
});

storeTest(
  'a lease that ran out lets another worker take the job, and the first can keep nothing any more',
  async ({ open }) => {
    const store = await open();
    await add(store, { lane: 'xen' });
    const lost = await taken(store, 0);
    assert.equal(await take(store, 99), null);
    const next = await taken(store, 100);
    assert.deepEqual([next.id, next.attempt, next.claim], [lost.id, 2, 2]);
    const late = store.transaction(async (tx) => {
      await saveCursor(tx, 'result', 'late');
      await complete(tx, lost);
    });
    await assert.rejects(late, { code: 'LEASE_LOST' });
    assert.equal(await cursorOf(store.db, 'result'), null);
    await assert.rejects(
      store.transaction((tx) => fail(tx, lost, 'x', 0)),
      { code: 'LEASE_LOST' },
    );
    await assert.rejects(
      store.transaction((tx) => release(tx, lost)),
      { code: 'LEASE_LOST' },
    );
    assert.equal(await store.transaction((tx) => renew(tx, lost, 500)), false);
    assert.equal(await store.transaction((tx) => renew(tx, next, 500)), true);
    assert.equal(await nextJobAt(store.db, KINDS), 500);
    assert.equal(await take(store, 499), null);
    await store.transaction((tx) => complete(tx, next));
  },
);

storeTest('a failed job waits for its time and is given up after its last try', async ({ open }) => {
  const store = await open();
  await add(store, { maxAttempts: 2 });
  const first = await taken(store, 0);
  assert.equal(await store.transaction((tx) => fail(tx, first, 'the remote is down', 30)), true);
  assert.equal(await take(store, 29), null);
  const second = await taken(store, 30);
  assert.deepEqual([second.attempt, second.last], [2, true]);
  assert.equal(await store.transaction((tx) => fail(tx, second, 'still down', 60)), false);
  assert.equal(await take(store, 1000), null);
  assert.deepEqual(await deadJobs(store.db, 5), [{ id: second.id, kind: 'mirror', key: 'k', error: 'still down' }]);
  assert.equal(await nextJobAt(store.db, KINDS), null);
  assert.equal(await add(store, {}), true);
  const third = await taken(store, 1000);
  assert.equal(await store.transaction((tx) => fail(tx, third, 'hopeless', null)), false);
  assert.deepEqual(await pendingJobs(store.db), [{ kind: 'mirror', state: 'dead', count: 2 }]);
});

storeTest('a job that ends its worker each time is given up too', async ({ open }) => {
  const store = await open();
  await add(store, { maxAttempts: 2 });
  await taken(store, 0);
  await taken(store, 100);
  assert.equal(await take(store, 200), null);
  assert.equal((await deadJobs(store.db, 5))[0]?.error, 'the worker ended in the middle of it');
});

storeTest('a job that is handed back has lost no try', async ({ open }) => {
  const store = await open();
  await add(store, { maxAttempts: 1 });
  const job = await taken(store, 0);
  await store.transaction((tx) => release(tx, job));
  const again = await taken(store, 0);
  assert.deepEqual([again.id, again.attempt, again.claim], [job.id, 1, 2]);
});

storeTest('a failed job with a newer one of the same name leaves its tries and its wait to it', async ({ open }) => {
  const store = await open();
  await add(store, { payload: 'old' });
  const job = await taken(store, 0);
  await add(store, { payload: 'new' });
  assert.equal(await store.transaction((tx) => fail(tx, job, 'down', 40)), true);
  assert.equal(await take(store, 39), null);
  const next = await taken(store, 40);
  assert.deepEqual([next.payload, next.attempt], ['new', 2]);
  assert.equal(await take(store, 40), null);
});

storeTest('a lane whose worker died is free again together with its job', async ({ open }) => {
  const store = await open();
  await add(store, { key: 'first', lane: 'xen', runAt: 1 });
  await add(store, { key: 'second', lane: 'xen', runAt: 2 });
  assert.equal((await taken(store, 5)).key, 'first');
  assert.equal(await take(store, 50), null);
  assert.equal((await taken(store, 105)).key, 'first');
});
