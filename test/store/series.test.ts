import assert from 'node:assert/strict';
import { countDispositions, dispositionOf } from '../../src/store/dispositions.ts';
import type { Store } from '../../src/store/open.ts';
import {
  countSeries,
  listSeries,
  replaceSeries,
  seriesByKey,
  seriesByMsgid,
  seriesOfChange,
} from '../../src/store/series.ts';
import type { SeriesNews, SeriesQuery, SeriesRow } from '../../src/store/series.ts';
import type { Series } from '../../src/series/series.ts';
import { forgetComponents } from '../../src/store/rebuild.ts';
import { sampleDisposition, sampleSeries, sampleTags, WAITING } from '../helpers/samples.ts';
import { storeTest } from '../helpers/store-test.ts';

const row = (series: Series): SeriesRow => ({ series, tags: sampleTags(series.msgid), readiness: WAITING });

const replace = (store: Store, component: number, ...all: Series[]): Promise<SeriesNews> =>
  store.transaction((tx) =>
    replaceSeries(
      tx,
      component,
      all.map(row),
      all.map((one) => sampleDisposition(one.msgid)),
    ),
  );

const names = async (store: Store, query: Partial<SeriesQuery>): Promise<string[]> =>
  (await listSeries(store.db, { limit: 100, ...query })).map((one) => one.series.key);

storeTest('a series comes back as it was, with its tags', async ({ open }) => {
  const store = await open();
  const series = sampleSeries('one', { cover: '<cover@x>', msgid: '<cover@x>' });
  await replace(store, 7, series);
  const found = await seriesByKey(store.db, 'xen', 'key-one');
  assert.deepEqual(found, { ...row(series), component: 7 });
  assert.deepEqual(await seriesByMsgid(store.db, '<cover@x>'), found);
  assert.deepEqual(await seriesByMsgid(store.db, '<one-1@example.org>', 'xen'), found);
  assert.equal(await seriesByMsgid(store.db, '<cover@x>', 'ltp'), null);
  assert.equal(await seriesByMsgid(store.db, '<none@x>'), null);
  assert.equal(await seriesByKey(store.db, 'ltp', 'key-one'), null);
});

storeTest('deriving a component again replaces what it had and nothing else', async ({ open }) => {
  const store = await open();
  await replace(store, 1, sampleSeries('one'), sampleSeries('two'));
  await replace(store, 2, sampleSeries('other'));
  await replace(store, 1, sampleSeries('two', { state: 'superseded' }));
  assert.deepEqual((await names(store, {})).toSorted(), ['key-other', 'key-two']);
  assert.equal(await seriesByMsgid(store.db, '<one-1@example.org>'), null);
  assert.equal(await dispositionOf(store.db, '<one-1@example.org>'), null);
  assert.deepEqual(await dispositionOf(store.db, '<two-1@example.org>'), sampleDisposition('<two-1@example.org>'));
  assert.deepEqual(await countDispositions(store.db), [{ kind: 'patch', count: 2 }]);
  assert.deepEqual(
    (await countSeries(store.db)).toSorted((a, b) => (a.state < b.state ? -1 : 1)),
    [
      { project: 'xen', state: 'complete', count: 1 },
      { project: 'xen', state: 'superseded', count: 1 },
    ],
  );
});

storeTest('what is new and what became complete is said once, also across a rebuild', async ({ open }) => {
  const store = await open();
  const held = sampleSeries('one', { state: 'held', complete: false, missing: [2] });
  const key = { project: 'xen', key: 'key-one' };
  assert.deepEqual(await replace(store, 1, held), { fresh: [key], completed: [] });
  assert.deepEqual(await replace(store, 1, held), { fresh: [], completed: [] });
  assert.deepEqual(await replace(store, 1, sampleSeries('one')), { fresh: [], completed: [key] });
  await store.transaction((tx) => forgetComponents(tx, [1]));
  assert.equal(await seriesByKey(store.db, 'xen', 'key-one'), null);
  assert.deepEqual(await replace(store, 9, sampleSeries('one')), { fresh: [], completed: [] });
  assert.deepEqual(await replace(store, 9, held), { fresh: [], completed: [] });
  assert.deepEqual(await replace(store, 9, sampleSeries('one')), { fresh: [], completed: [] });
  const other = { project: 'ltp', key: 'key-one' };
  assert.deepEqual(await replace(store, 8, sampleSeries('one', { project: 'ltp' })), {
    fresh: [other],
    completed: [other],
  });
});

storeTest('a transaction that fails leaves a series to be announced again', async ({ open }) => {
  const store = await open();
  const failing = store.transaction(async (tx) => {
    await replaceSeries(tx, 1, [row(sampleSeries('one'))], []);
    throw new Error('no');
  });
  await assert.rejects(failing);
  assert.equal((await replace(store, 1, sampleSeries('one'))).completed.length, 1);
});

storeTest('lists are newest first, filtered by everything that is asked', async ({ open }) => {
  const store = await open();
  const carol = { name: 'Carol 100%_sure', email: 'carol@example.net' };
  await replace(store, 1, sampleSeries('old', { posted: 1 }), sampleSeries('mid', { posted: 2, author: carol }));
  await replace(store, 2, sampleSeries('new', { posted: 3, project: 'ltp', state: 'held', subject: 'ÜBER fix' }));
  assert.deepEqual(await names(store, {}), ['key-new', 'key-mid', 'key-old']);
  assert.deepEqual(await names(store, { project: 'xen' }), ['key-mid', 'key-old']);
  assert.deepEqual(await names(store, { state: 'held' }), ['key-new']);
  assert.deepEqual(await names(store, { readiness: 'ready' }), []);
  assert.deepEqual(await names(store, { text: 'fix über' }), ['key-new']);
  assert.deepEqual(await names(store, { author: 'CAROL' }), ['key-mid']);
  assert.deepEqual(await names(store, { author: '100%_s' }), ['key-mid']);
  assert.deepEqual(await names(store, { author: 'carol@example' }), ['key-mid']);
  assert.deepEqual(await names(store, { text: 'uber' }), ['key-new']);
  assert.deepEqual(await names(store, { text: 'ber' }), [], 'the middle of a word is none');
  assert.deepEqual(await names(store, { text: 'o_d' }), []);
  assert.deepEqual(await names(store, { text: "' or 1=1 --" }), []);
  assert.deepEqual(await names(store, { project: 'xen', text: 'mid', author: 'ada' }), []);
});

storeTest('paging from the last series of a page misses none, also where times are equal', async ({ open }) => {
  const store = await open();
  await replace(store, 1, ...['a', 'b', 'c', 'd', 'e'].map((name) => sampleSeries(name)));
  await replace(store, 2, sampleSeries('a', { project: 'ltp' }));
  const seen: string[] = [];
  for (let before: Series | undefined; ; ) {
    const page = await listSeries(store.db, { limit: 2, ...(before === undefined ? {} : { before }) });
    seen.push(...page.map((one) => `${one.series.project} ${one.series.key}`));
    before = page.at(-1)?.series;
    if (before === undefined) break;
  }
  assert.equal(seen.length, 6);
  assert.equal(new Set(seen).size, 6);
});

storeTest('the versions of a change come oldest first', async ({ open }) => {
  const store = await open();
  const version = (name: string, version: number, revision = 0) =>
    sampleSeries(name, { change: 'work', version, revision, posted: 10 - version });
  await replace(store, 1, version('c', 10), version('a', 2), version('b', 2, 1));
  await replace(store, 2, sampleSeries('x', { change: 'work', project: 'ltp' }));
  assert.deepEqual(
    (await seriesOfChange(store.db, 'work', 'xen')).map((one) => one.series.key),
    ['key-a', 'key-b', 'key-c'],
  );
  assert.equal((await seriesOfChange(store.db, 'work')).length, 4);
  assert.deepEqual(await seriesOfChange(store.db, 'none'), []);
});

storeTest('a mail that is in several series belongs to the newest', async ({ open }) => {
  const store = await open();
  const shared = '<shared@x>';
  const withCover = (name: string, posted: number) => sampleSeries(name, { cover: shared, msgid: shared, posted });
  await replace(store, 1, withCover('new', 9), withCover('old', 5));
  assert.equal((await seriesByMsgid(store.db, shared))?.series.key, 'key-new');
});
