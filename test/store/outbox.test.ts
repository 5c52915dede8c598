import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  approve,
  claimOutgoing,
  countOutgoing,
  decide,
  isDecided,
  listOutgoing,
  markFailed,
  markSending,
  markSent,
  outgoingByMsgid,
  outgoingOf,
} from '../../src/store/outbox.ts';
import type { Decision } from '../../src/store/outbox.ts';
import type { Store } from '../../src/store/open.ts';
import { sampleOutgoing } from '../helpers/samples.ts';
import { tempStore } from '../helpers/temp-store.ts';

const add = (store: Store, msgid: string, changes: Partial<Decision> = {}, now = 10): Promise<boolean> => {
  const message = sampleOutgoing(msgid);
  const decision = {
    project: 'xen',
    key: 'one',
    kind: 'build-failed',
    outcome: 'build-failed:2',
    message,
    mode: 'live',
  } as const;
  return store.transaction((tx) => decide(tx, { ...decision, ...changes }, now));
};

const take = (store: Store, now: number) => claimOutgoing(store, { leaseMs: 100, now });

test('an outcome of a series is decided once', async (t) => {
  const store = await tempStore(t);
  assert.equal(await isDecided(store.db, 'xen', 'one', 'build-failed:2'), false);
  assert.equal(await add(store, '<r1@bot>'), true);
  assert.equal(await add(store, '<r2@bot>'), false);
  assert.equal(await isDecided(store.db, 'xen', 'one', 'build-failed:2'), true);
  assert.equal(await add(store, '<r3@bot>', { outcome: 'build-failed:3' }), true);
  assert.equal(await add(store, '<r4@bot>', { project: 'ltp' }), true);
  const decided = await outgoingOf(store.db, 'xen', 'one');
  assert.deepEqual(
    decided.map((one) => one.message.msgid),
    ['<r1@bot>', '<r3@bot>'],
  );
  assert.deepEqual(decided[0], {
    project: 'xen',
    key: 'one',
    kind: 'build-failed',
    outcome: 'build-failed:2',
    state: 'queued',
    message: sampleOutgoing('<r1@bot>'),
    created: 10,
    attempts: 0,
    doubtful: false,
    error: null,
    sentAt: null,
  });
});

test('in shadow mode nothing is ever sent, and a moderated mail only after a yes', async (t) => {
  const store = await tempStore(t);
  await add(store, '<s@bot>', { mode: 'shadow', outcome: 'a' });
  await add(store, '<m@bot>', { mode: 'moderate', outcome: 'b' });
  assert.equal(await take(store, 1000), null);
  assert.equal(await store.transaction((tx) => approve(tx, '<s@bot>', 20)), false);
  assert.equal(await store.transaction((tx) => markSending(tx, '<s@bot>', { leaseMs: 1, now: 1000 })), null);
  assert.equal(await store.transaction((tx) => approve(tx, '<m@bot>', 20)), true);
  assert.equal(await store.transaction((tx) => approve(tx, '<m@bot>', 20)), false);
  assert.equal((await take(store, 20))?.message.msgid, '<m@bot>');
  assert.deepEqual(await countOutgoing(store.db), [
    { state: 'sending', count: 1 },
    { state: 'shadow', count: 1 },
  ]);
});

test('mails are taken oldest first, each by one sender', async (t) => {
  const store = await tempStore(t);
  await add(store, '<b@bot>', { outcome: 'b' }, 20);
  await add(store, '<a@bot>', { outcome: 'a' }, 10);
  const first = await take(store, 30);
  assert.deepEqual([first?.message.msgid, first?.attempts, first?.doubtful], ['<a@bot>', 1, false]);
  assert.equal((await take(store, 30))?.message.msgid, '<b@bot>');
  assert.equal(await take(store, 30), null);
  assert.equal(await store.transaction((tx) => markSending(tx, '<a@bot>', { leaseMs: 1, now: 30 })), null);
  await store.transaction((tx) => markSent(tx, '<a@bot>', 31));
  const sent = await outgoingByMsgid(store.db, '<a@bot>');
  assert.deepEqual([sent?.state, sent?.sentAt], ['sent', 31]);
  assert.equal(await outgoingByMsgid(store.db, '<none@bot>'), null);
});

test('a mail whose sender died is doubtful, and stays so until it is known to be sent', async (t) => {
  const store = await tempStore(t);
  await add(store, '<a@bot>');
  await take(store, 10);
  assert.equal(await take(store, 109), null);
  assert.equal((await take(store, 110))?.doubtful, true);
  await store.transaction((tx) => markFailed(tx, '<a@bot>', { error: '451 later', retryAt: 300, doubtful: false }));
  const waiting = await outgoingByMsgid(store.db, '<a@bot>');
  assert.deepEqual([waiting?.state, waiting?.error, waiting?.doubtful], ['queued', '451 later', true]);
  assert.equal(await take(store, 299), null);
  assert.equal((await take(store, 300))?.attempts, 3);
  await store.transaction((tx) => markSent(tx, '<a@bot>', 301));
  assert.equal((await outgoingByMsgid(store.db, '<a@bot>'))?.doubtful, false);
  assert.equal(await take(store, 9999), null);
});

test('a refused mail is given up and seen in the lists', async (t) => {
  const store = await tempStore(t);
  await add(store, '<a@bot>', { outcome: 'a' });
  await add(store, '<b@bot>', { outcome: 'b', project: 'ltp' });
  await take(store, 10);
  await store.transaction((tx) => markFailed(tx, '<a@bot>', { error: '550 no', retryAt: null, doubtful: false }));
  const msgids = async (query: Parameters<typeof listOutgoing>[1]) =>
    (await listOutgoing(store.db, query)).map((one) => one.message.msgid);
  assert.deepEqual(await msgids({ limit: 9 }), ['<b@bot>', '<a@bot>']);
  assert.deepEqual(await msgids({ state: 'failed', limit: 9 }), ['<a@bot>']);
  assert.deepEqual(await msgids({ project: 'ltp', limit: 9 }), ['<b@bot>']);
  assert.deepEqual(await msgids({ limit: 1 }), ['<b@bot>']);
});

test('a late failure does not undo a mail that was sent', async (t) => {
  const store = await tempStore(t);
  await add(store, '<a@bot>');
  await take(store, 10);
  await store.transaction((tx) => markSent(tx, '<a@bot>', 11));
  await store.transaction((tx) => markFailed(tx, '<a@bot>', { error: 'x', retryAt: 20, doubtful: true }));
  assert.equal((await outgoingByMsgid(store.db, '<a@bot>'))?.state, 'sent');
});
