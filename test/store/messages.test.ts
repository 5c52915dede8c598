import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import {
  copiesOf,
  digestOf,
  digestsOfComponent,
  knownHashes,
  messageCount,
  putMessages,
  rawByHash,
  rawOf,
} from '../../src/store/messages.ts';
import type { NewMessage } from '../../src/store/messages.ts';
import { linkMessages } from '../../src/store/components.ts';
import { eachRaw, replaceDigests } from '../../src/store/rebuild.ts';
import type { Store } from '../../src/store/open.ts';
import { forgetAll } from '../helpers/forget-all.ts';
import { sampleEntry, sampleMessage } from '../helpers/samples.ts';
import { storeTest } from '../helpers/store-test.ts';

const put = (store: Store, rows: readonly NewMessage[]) => store.transaction((tx) => putMessages(tx, rows));

storeTest('a mail comes back byte for byte, whatever bytes it has', async ({ open }) => {
  const store = await open();
  const odd = Buffer.concat([Buffer.from('Subject: x\r\n\r\n'), Buffer.from([0, 255, 13, 10, 10]), randomBytes(3000)]);
  const rows = [
    { ...sampleMessage('<a@x>', 'a'), hash: 'h1', raw: odd },
    { ...sampleMessage('<b@x>', 'b'), hash: 'h2', raw: Buffer.alloc(0) },
  ];
  await put(store, rows);
  assert.ok((await rawOf(store.db, '<a@x>'))?.equals(odd));
  assert.equal((await rawByHash(store.db, 'h2'))?.length, 0);
  assert.equal(await rawOf(store.db, '<none@x>'), null);
  assert.equal(await rawByHash(store.db, 'none'), null);
  assert.equal((await copiesOf(store.db, '<a@x>'))[0]?.size, odd.length);
});

storeTest('a copy that is known changes nothing, also within one batch', async ({ open }) => {
  const store = await open();
  const [a, b] = [sampleMessage('<a@x>', 'a'), sampleMessage('<b@x>', 'b')];
  assert.deepEqual(await put(store, [a, b, a]), { added: [a.hash, b.hash], duplicate: [a.hash] });
  assert.deepEqual(await put(store, [{ ...b, source: 'other', received: 9 }]), { added: [], duplicate: [b.hash] });
  assert.equal((await copiesOf(store.db, '<b@x>'))[0]?.source, 'test');
  assert.deepEqual(await messageCount(store.db), { messages: 2, copies: 2 });
  assert.deepEqual(await knownHashes(store.db, [a.hash, 'none']), new Set([a.hash]));
});

storeTest(
  'of several copies the smallest rank, then the smallest hash is chosen, in any order and any batches',
  async ({ open }) => {
    const store = await open();
    let round = 0;
    const copies = fc.array(
      fc.record({ hash: fc.string({ minLength: 1, maxLength: 3 }), rank: fc.integer({ min: 0, max: 2 }) }),
      {
        minLength: 1,
        maxLength: 6,
      },
    );
    const check = async (list: readonly { hash: string; rank: number }[], cut: number): Promise<void> => {
      round += 1;
      const msgid = `<m${round}@x>`;
      const rows = [...new Map(list.map((one) => [one.hash, one])).values()].map(({ hash, rank }) =>
        Object.assign(sampleMessage(msgid, hash), { hash: `${round} ${hash}`, rank }),
      );
      await put(store, rows.slice(0, cut));
      await put(store, rows.slice(cut));
      const wanted = rows.toSorted((a, b) => a.rank - b.rank || (a.hash < b.hash ? -1 : 1))[0];
      const stored = await copiesOf(store.db, msgid);
      assert.deepEqual(
        stored.filter((one) => one.chosen).map((one) => one.hash),
        [wanted?.hash],
      );
      assert.equal(stored.length, rows.length);
      assert.ok(wanted && (await rawOf(store.db, msgid))?.equals(wanted.raw));
    };
    await fc.assert(fc.asyncProperty(copies, fc.nat({ max: 6 }), check), { numRuns: 60 });
  },
);

storeTest('the digest of the chosen copy is the one that counts', async ({ open }) => {
  const store = await open();
  const direct = sampleMessage('<a@x>', 'direct', { rank: 1 });
  const list = sampleMessage('<a@x>', 'list', { rank: 0 });
  const digest = { ...list.digest, trailers: [{ kind: 'Signed-off-by', value: 'Ada <ada@example.org>' }] };
  await put(store, [direct]);
  await put(store, [{ ...list, digest }]);
  assert.deepEqual(await digestOf(store.db, '<a@x>'), digest);
  assert.equal(await digestOf(store.db, '<none@x>'), null);
});

storeTest('more mails than fit in one statement are kept', async ({ open }) => {
  const store = await open();
  const rows = Array.from({ length: 450 }, (_, n) => sampleMessage(`<${n}@x>`, `mail ${n}`));
  assert.equal((await put(store, rows)).added.length, 450);
  assert.equal((await put(store, rows)).duplicate.length, 450);
  assert.deepEqual(await messageCount(store.db), { messages: 450, copies: 450 });
  assert.equal(String(await rawOf(store.db, '<449@x>')), 'mail 449');
});

storeTest('a rebuild reads every copy in order of arrival, page by page', async ({ open }) => {
  const store = await open();
  const rows = Array.from({ length: 23 }, (_, n) => sampleMessage(`<${n % 20}@x>`, `mail ${n}`, { rank: n }));
  await put(store, rows);
  const seen: string[] = [];
  for await (const copy of eachRaw(store.db, 5)) {
    // Writing between two pages must work: nothing is held open.
    if (seen.length === 7) await put(store, [sampleMessage('<late@x>', 'late')]);
    seen.push(String(copy.raw));
  }
  assert.deepEqual(seen, [...rows.map((row) => String(row.raw)), 'late']);
});

storeTest('a rebuild forgets what is derived, takes what the parser says today and chooses again', async ({ open }) => {
  const store = await open();
  const [one, two] = [sampleMessage('<a@x>', '1', { rank: 0 }), sampleMessage('<a@x>', '2', { rank: 1 })];
  await put(store, [one, two]);
  await store.transaction((tx) => linkMessages(tx, [{ msgid: '<a@x>', keys: ['k'] }]));
  await store.transaction(forgetAll);
  assert.equal(String(await rawOf(store.db, '<a@x>')), '1');

  const digest = { entry: sampleEntry('<b@x>'), remarks: [], trailers: [] };
  const better = [
    { ...one, rank: 5 },
    { ...two, msgid: '<b@x>', digest },
  ];
  await store.transaction((tx) => replaceDigests(tx, better));
  assert.equal(String(await rawOf(store.db, '<a@x>')), '1');
  assert.equal(String(await rawOf(store.db, '<b@x>')), '2');
  await store.transaction((tx) => replaceDigests(tx, [{ ...two, rank: 1 }]));
  assert.equal(String(await rawOf(store.db, '<a@x>')), '2');
  assert.equal(await rawOf(store.db, '<b@x>'), null);

  const linked = await store.transaction((tx) => linkMessages(tx, [{ msgid: '<a@x>', keys: ['k'] }]));
  const [component] = [...linked.keys()];
  assert.deepEqual(await digestsOfComponent(store.db, component ?? 0), [
    { msgid: '<a@x>', digest: two.digest, dkim: null },
  ]);
});
