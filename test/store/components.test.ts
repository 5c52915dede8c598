import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { componentOf, linkMessages } from '../../src/store/components.ts';
import type { Link } from '../../src/store/components.ts';
import { dispositionOf, dispositionsOfComponent } from '../../src/store/dispositions.ts';
import { digestsOfComponent, putMessages } from '../../src/store/messages.ts';
import type { Store } from '../../src/store/open.ts';
import { replaceSeries, seriesByKey } from '../../src/store/series.ts';
import { forgetAll } from '../helpers/forget-all.ts';
import { sampleDisposition, sampleMessage, sampleSeries, sampleTags, WAITING } from '../helpers/samples.ts';
import { storeTest } from '../helpers/store-test.ts';

const MAILS = Array.from({ length: 12 }, (_, n) => `<m${n}@x>`);

async function withMails(store: Store): Promise<void> {
  await store.transaction((tx) =>
    putMessages(
      tx,
      MAILS.map((msgid) => sampleMessage(msgid, msgid)),
    ),
  );
}

/** The plainest way to say which mails belong together: join until nothing changes. */
function naivePartition(links: readonly Link[]): string[][] {
  let sets = links.map(({ msgid, keys }) => new Set([`m ${msgid}`, ...keys]));
  for (let changed = true; changed; ) {
    changed = false;
    const joined: Set<string>[] = [];
    for (const set of sets) {
      const other = joined.find((one) => !one.isDisjointFrom(set));
      if (other === undefined) joined.push(new Set(set));
      else for (const name of set) other.add(name);
      changed ||= other !== undefined;
    }
    sets = joined;
  }
  const mails = sets.map((set) => [...set].filter((name) => name.startsWith('m ')).map((name) => name.slice(2)));
  return mails.map((list) => list.toSorted()).toSorted((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1));
}

async function storedPartition(store: Store, links: readonly Link[]): Promise<string[][]> {
  const sets = new Map<number, Set<string>>();
  for (const { msgid } of links) {
    const component = await componentOf(store.db, msgid);
    assert.ok(component !== null);
    sets.set(component, (sets.get(component) ?? new Set()).add(msgid));
  }
  return [...sets.values()]
    .map((set) => [...set].toSorted())
    .toSorted((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1));
}

storeTest('the components are the same partition as a naive one, in any order and any batches', async ({ open }, t) => {
  const store = await open();
  await withMails(store);
  const link = fc.record({
    msgid: fc.constantFrom(...MAILS),
    keys: fc.array(
      fc.integer({ min: 0, max: 25 }).map((n) => `key ${n}`),
      { maxLength: 3 },
    ),
  });
  const plan = fc.array(link, { minLength: 1, maxLength: 14 }).chain((links) =>
    fc.record({
      links: fc.constant(links),
      order: fc.shuffledSubarray(links, { minLength: links.length }),
      size: fc.integer({ min: 1, max: 5 }),
    }),
  );
  // The same mail with no key in common with its earlier link is still one mail: its own Message-ID is a key, as with linkKeys.
  const withOwn = (one: Link): Link => ({ msgid: one.msgid, keys: [one.msgid, ...one.keys] });
  const check = async ({ links, order, size }: { links: Link[]; order: Link[]; size: number }): Promise<void> => {
    await store.transaction(forgetAll);
    const given = order.map(withOwn);
    for (let at = 0; at < given.length; at += size) {
      const touched = await store.transaction((tx) => linkMessages(tx, given.slice(at, at + size)));
      const now = await Promise.all(given.slice(at, at + size).map(({ msgid }) => componentOf(store.db, msgid)));
      assert.deepEqual(new Set(touched.keys()), new Set(now));
    }
    assert.deepEqual(await storedPartition(store, links), naivePartition(links.map(withOwn)));
  };
  const seed = Date.now() & 0x7fffffff;
  t.diagnostic(`seed ${seed}`);
  await fc.assert(fc.asyncProperty(plan, check), { seed, numRuns: 60 });
});

storeTest('the sizes that decide which component grows are the numbers of keys', async ({ open }) => {
  const store = await open();
  await withMails(store);
  const link = (msgid: string, ...keys: string[]) => store.transaction((tx) => linkMessages(tx, [{ msgid, keys }]));
  await link('<m0@x>', 'a', 'b', 'c');
  await link('<m1@x>', 'd');
  await link('<m1@x>', 'd', 'e');
  const large = await componentOf(store.db, '<m0@x>');
  assert.deepEqual(await link('<m2@x>', 'e', 'a', 'f'), new Map([[large, 6]]));
  assert.equal(await componentOf(store.db, '<m1@x>'), large);
  assert.deepEqual(
    await store.db
      .selectFrom('component')
      .select('size')
      .execute()
      .then((rows) => rows.map((row) => row.size)),
    [6],
  );
});

storeTest('a component that is merged away takes its mails, series and dispositions along', async ({ open }) => {
  const store = await open();
  await withMails(store);
  const link = (msgid: string, ...keys: string[]) => store.transaction((tx) => linkMessages(tx, [{ msgid, keys }]));
  await link('<m0@x>', 'a', 'b');
  const [small] = [...(await link('<m1@x>', 'c')).keys()];
  const series = sampleSeries('one');
  const row = { series, tags: sampleTags(series.msgid), readiness: WAITING };
  await store.transaction((tx) => replaceSeries(tx, small ?? 0, [row], [sampleDisposition('<m1@x>')]));
  const [large] = [...(await link('<m2@x>', 'b', 'c')).keys()];
  assert.notEqual(large, small);
  assert.equal((await seriesByKey(store.db, 'xen', 'key-one'))?.component, large);
  assert.deepEqual(await dispositionsOfComponent(store.db, large ?? 0), [sampleDisposition('<m1@x>')]);
  const mails = await digestsOfComponent(store.db, large ?? 0);
  assert.deepEqual(
    mails.map((mail) => mail.msgid),
    ['<m0@x>', '<m1@x>', '<m2@x>'],
  );
  await store.transaction((tx) => replaceSeries(tx, large ?? 0, [], []));
  assert.equal(await seriesByKey(store.db, 'xen', 'key-one'), null);
  assert.equal(await dispositionOf(store.db, '<m1@x>'), null);
});

storeTest('a batch with thousands of keys is linked', async ({ open }) => {
  const store = await open();
  const links = Array.from({ length: 300 }, (_, n) => ({
    msgid: `<${n}@x>`,
    keys: Array.from({ length: 10 }, (_, k) => `k${n * 10 + k}`),
  }));
  await store.transaction((tx) =>
    putMessages(
      tx,
      links.map(({ msgid }) => sampleMessage(msgid, msgid)),
    ),
  );
  assert.equal((await store.transaction((tx) => linkMessages(tx, links))).size, 300);
  const all = { msgid: '<0@x>', keys: links.flatMap((link) => link.keys.slice(0, 1)) };
  assert.equal((await store.transaction((tx) => linkMessages(tx, [all]))).size, 1);
  assert.equal(await componentOf(store.db, '<299@x>'), await componentOf(store.db, '<0@x>'));
});
