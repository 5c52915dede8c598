import assert from 'node:assert/strict';
import {
  approve,
  countOutgoing,
  decide,
  drop,
  isDecided,
  listOutgoing,
  outgoingByMsgid,
  outgoingOf,
  ownAmong,
} from '../../src/store/outbox.ts';
import type { Decision } from '../../src/store/outbox.ts';
import {
  dueOutgoing,
  markBounced,
  markFailed,
  markSending,
  markSent,
  needsTidying,
  recoverLapsed,
  sentSince,
  settleDoubts,
} from '../../src/store/outbox-queue.ts';
import { linkMessages } from '../../src/store/components.ts';
import { putMessages } from '../../src/store/messages.ts';
import type { Outgoing } from '../../src/store/outbox.ts';
import type { Store } from '../../src/store/open.ts';
import { sampleMessage, sampleOutgoing } from '../helpers/samples.ts';
import { storeTest } from '../helpers/store-test.ts';

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

/** What a sender does: takes the oldest mail that is due, after it has looked after what a dead one left. */
async function take(store: Store, now: number): Promise<Outgoing | null> {
  if (await needsTidying(store.db, now)) {
    await store.transaction(async (tx) => {
      await recoverLapsed(tx, { now, lookMs: 50 });
      await settleDoubts(tx, now);
    });
  }
  const [first] = await dueOutgoing(store.db, now, 10);
  const msgid = first?.message.msgid ?? '';
  return store.transaction((tx) => markSending(tx, msgid, { leaseMs: 100, now }));
}

storeTest('an outcome of a series is decided once', async ({ open }) => {
  const store = await open();
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
    doubtAt: null,
    error: null,
    sentAt: null,
    response: null,
    bounce: null,
  });
});

storeTest('in shadow mode nothing is ever sent, and a moderated mail only after a yes', async ({ open }) => {
  const store = await open();
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

storeTest('mails are taken oldest first, each by one sender', async ({ open }) => {
  const store = await open();
  await add(store, '<b@bot>', { key: 'b' }, 20);
  await add(store, '<a@bot>', { key: 'a' }, 10);
  const first = await take(store, 30);
  assert.deepEqual([first?.message.msgid, first?.attempts, first?.doubtful], ['<a@bot>', 1, false]);
  assert.equal((await take(store, 30))?.message.msgid, '<b@bot>');
  assert.equal(await take(store, 30), null);
  assert.equal(await store.transaction((tx) => markSending(tx, '<a@bot>', { leaseMs: 1, now: 30 })), null);
  await store.transaction((tx) => markSent(tx, '<a@bot>', 31, '250 queued'));
  const sent = await outgoingByMsgid(store.db, '<a@bot>');
  assert.deepEqual([sent?.state, sent?.sentAt, sent?.response], ['sent', 31, '250 queued']);
  assert.equal(await outgoingByMsgid(store.db, '<none@bot>'), null);
});

storeTest(
  'a mail about a series never overtakes an earlier one about it, but one that was given up holds nobody up',
  async ({ open }) => {
    const store = await open();
    await add(store, '<1@bot>', { outcome: 'a' });
    await add(store, '<2@bot>', { outcome: 'b' });
    await add(store, '<3@bot>', { key: 'other' });
    assert.equal((await take(store, 10))?.message.msgid, '<1@bot>');
    await store.transaction((tx) => markFailed(tx, '<1@bot>', { error: '451', retryAt: 500, doubtAt: null }));
    assert.equal((await take(store, 20))?.message.msgid, '<3@bot>');
    assert.equal(await take(store, 20), null);
    assert.equal((await take(store, 500))?.message.msgid, '<1@bot>');
    await store.transaction((tx) => markFailed(tx, '<1@bot>', { error: '550', retryAt: null, doubtAt: null }));
    assert.equal((await take(store, 501))?.message.msgid, '<2@bot>');
  },
);

storeTest(
  'a mail whose sender died waits for the list to show it, is sent again after that, and stays doubtful',
  async ({ open }) => {
    const store = await open();
    await add(store, '<a@bot>');
    await take(store, 10);
    assert.equal(await take(store, 109), null);
    assert.equal(await take(store, 110), null, 'first the list gets its time');
    assert.equal(await take(store, 159), null);
    const again = await take(store, 160);
    assert.deepEqual([again?.doubtful, again?.doubtAt, again?.attempts], [true, 110, 2]);
    await store.transaction((tx) => markFailed(tx, '<a@bot>', { error: '451 later', retryAt: 300, doubtAt: null }));
    const waiting = await outgoingByMsgid(store.db, '<a@bot>');
    assert.deepEqual([waiting?.state, waiting?.error, waiting?.doubtful], ['queued', '451 later', true]);
    assert.deepEqual(
      (await sentSince(store.db, 100)).map((one) => one.sentAt),
      [110],
      'what may have left counts for the caps',
    );
    assert.equal((await take(store, 300))?.attempts, 3);
    await store.transaction((tx) => markSent(tx, '<a@bot>', 301, 'ok'));
    assert.equal((await outgoingByMsgid(store.db, '<a@bot>'))?.doubtful, false);
    assert.equal(await take(store, 9999), null);
  },
);

storeTest('a doubtful mail that comes back by the list was sent', async ({ open }) => {
  const store = await open();
  await add(store, '<a@bot>');
  await take(store, 10);
  await store.transaction((tx) => markFailed(tx, '<a@bot>', { error: 'cut', retryAt: 900, doubtAt: 20 }));
  assert.equal(await needsTidying(store.db, 30), false);
  await store.transaction(async (tx) => {
    await putMessages(tx, [sampleMessage('<a@bot>', 'as the list has it')]);
    await linkMessages(tx, [{ msgid: '<a@bot>', keys: ['a'] }]);
  });
  assert.equal(await take(store, 30), null);
  const settled = await outgoingByMsgid(store.db, '<a@bot>');
  assert.deepEqual([settled?.state, settled?.sentAt], ['sent', 30]);
});

storeTest(
  'what has not left can be dropped with a reason, and what was given up can be sent again',
  async ({ open }) => {
    const store = await open();
    await add(store, '<a@bot>', { mode: 'moderate' });
    assert.equal(await store.transaction((tx) => drop(tx, '<a@bot>', 'not helpful')), true);
    const dropped = await outgoingByMsgid(store.db, '<a@bot>');
    assert.deepEqual([dropped?.state, dropped?.error], ['dropped', 'not helpful']);
    assert.equal(await store.transaction((tx) => approve(tx, '<a@bot>', 20)), false);
    await add(store, '<b@bot>', { key: 'b' });
    await take(store, 30);
    assert.equal(await store.transaction((tx) => drop(tx, '<b@bot>', 'too late')), false);
    await store.transaction((tx) => markFailed(tx, '<b@bot>', { error: '550', retryAt: null, doubtAt: null }));
    assert.equal(await store.transaction((tx) => approve(tx, '<b@bot>', 40)), true);
    assert.equal((await take(store, 40))?.message.msgid, '<b@bot>');
  },
);

storeTest('a delivery report is kept beside the mail that it is about', async ({ open }) => {
  const store = await open();
  await add(store, '<a@bot>');
  assert.equal(await store.transaction((tx) => markBounced(tx, '<a@bot>', 'ann@x: 5.1.1')), true);
  assert.equal(await store.transaction((tx) => markBounced(tx, '<other@x>', 'x')), false);
  assert.equal((await outgoingByMsgid(store.db, '<a@bot>'))?.bounce, 'ann@x: 5.1.1');
  assert.deepEqual([...(await ownAmong(store.db, ['<x@y>', '<a@bot>']))], ['<a@bot>']);
  assert.deepEqual([...(await ownAmong(store.db, []))], []);
});

storeTest('a refused mail is given up and seen in the lists', async ({ open }) => {
  const store = await open();
  await add(store, '<a@bot>', { outcome: 'a' });
  await add(store, '<b@bot>', { outcome: 'b', project: 'ltp' });
  await take(store, 10);
  await store.transaction((tx) => markFailed(tx, '<a@bot>', { error: '550 no', retryAt: null, doubtAt: null }));
  const msgids = async (query: Parameters<typeof listOutgoing>[1]) =>
    (await listOutgoing(store.db, query)).map((one) => one.message.msgid);
  assert.deepEqual(await msgids({ limit: 9 }), ['<b@bot>', '<a@bot>']);
  assert.deepEqual(await msgids({ state: 'failed', limit: 9 }), ['<a@bot>']);
  assert.deepEqual(await msgids({ project: 'ltp', limit: 9 }), ['<b@bot>']);
  assert.deepEqual(await msgids({ limit: 1 }), ['<b@bot>']);
});

storeTest('a late failure does not undo a mail that was sent', async ({ open }) => {
  const store = await open();
  await add(store, '<a@bot>');
  await take(store, 10);
  await store.transaction((tx) => markSent(tx, '<a@bot>', 11, 'ok'));
  await store.transaction((tx) => markFailed(tx, '<a@bot>', { error: 'x', retryAt: 20, doubtAt: 12 }));
  assert.equal((await outgoingByMsgid(store.db, '<a@bot>'))?.state, 'sent');
});
