import assert from 'node:assert/strict';
import type { Series } from '../../src/series/series.ts';
import type { Readiness } from '../../src/review/tag.ts';
import { chunks } from '../../src/store/chunks.ts';
import { saveChecks } from '../../src/store/checks.ts';
import { putMessages } from '../../src/store/messages.ts';
import { markPatch } from '../../src/store/patch-marks.ts';
import { saveReadiness } from '../../src/store/readiness.ts';
import { type Condition, countFound, searchSeries, type SearchQuery } from '../../src/store/search.ts';
import { replaceSeries } from '../../src/store/series.ts';
import type { Store } from '../../src/store/open.ts';
import {
  sampleCheck,
  sampleDisposition,
  sampleMessage,
  sampleSeries,
  sampleTags,
  WAITING,
} from '../helpers/samples.ts';
import { storeTest } from '../helpers/store-test.ts';

const ALL: SearchQuery = { project: null, conditions: [], latest: true, sort: 'posted', ascending: false };

async function add(store: Store, component: number, series: Series, readiness: Readiness = WAITING): Promise<void> {
  const rows = [{ series, tags: sampleTags(series.msgid), readiness }];
  await store.transaction((tx) => replaceSeries(tx, component, rows, []));
}

async function found(store: Store, ...conditions: Condition[]): Promise<string[]> {
  const rows = await searchSeries(store.db, { ...ALL, conditions }, { limit: 50, after: null });
  assert.equal(await countFound(store.db, { ...ALL, conditions }, 100), rows.length);
  return rows.map(({ series }) => series.change.replace('change-', ''));
}

const words = (text: string, not = false): Condition => ({ kind: 'text', fields: ['words'], text, not });
const inField = (field: 'author' | 'reviewer' | 'path' | 'waiting' | 'asked', text: string): Condition => ({
  kind: 'text',
  fields: [field],
  text,
  not: false,
});

function withPaths(series: Series, ...paths: string[]): Series {
  return { ...series, patches: series.patches.map((patch) => ({ ...patch, paths })) };
}

storeTest(
  'words are found by their beginnings, in a row where they are, whatever their case and accents',
  async (its) => {
    const store = await its.open();
    await add(store, 1, sampleSeries('one', { subject: 'x86/HVM: Verschönern of the MSI-X paths', posted: 1 }));
    await add(store, 2, sampleSeries('two', { subject: 'arm: drop paths of the MSI', posted: 2 }));
    assert.deepEqual(await found(store, words('msi')), ['two', 'one']);
    assert.deepEqual(await found(store, words('MSI-X paths')), ['one']);
    assert.deepEqual(await found(store, words('verschonern')), ['one']);
    assert.deepEqual(await found(store, words('versch'), words('hv')), ['one']);
    assert.deepEqual(await found(store, words('schonern')), []);
    assert.deepEqual(await found(store, words('x86', true)), ['two']);
  },
);

storeTest('quotes, operators and wildcards of the engines are only words', async (its) => {
  const store = await its.open();
  await add(store, 1, sampleSeries('one', { subject: 'a & b | c' }));
  for (const text of ['"', "'", '*', 'a OR zzz', 'NEAR(a b)', 'words:a', 'a" OR "b', "a' | 'b", '%', '\\'])
    await found(store, words(text));
  assert.deepEqual(await found(store, words('a" zzz')), []);
});

storeTest('author, reviewer and path are fields of their own', async (its) => {
  const store = await its.open();
  await add(store, 1, withPaths(sampleSeries('one', { posted: 2 }), 'xen/arch/x86/mm.c', 'docs/a.md'));
  await add(store, 2, withPaths(sampleSeries('two', { posted: 1 }), 'xen/arch/arm/mm.c'));
  assert.deepEqual(await found(store, inField('path', 'xen/arch/x86')), ['one']);
  assert.deepEqual(await found(store, inField('path', 'arch')), ['one', 'two']);
  assert.deepEqual(await found(store, inField('reviewer', 'bob@example.org')), ['one', 'two']);
  assert.deepEqual(await found(store, inField('author', 'bob')), []);
});

storeTest('who is waited for follows the verdict', async (its) => {
  const store = await its.open();
  const series = sampleSeries('one');
  const need = { rule: 'maintainer', patch: 1, text: 't', role: 'maintainer', since: 0, files: [] } as const;
  const who = [{ name: 'Jan Example', email: 'Jan@example.org' }];
  const verdict = { patches: [], prefix: 0, by: null, needs: [{ ...need, who }] };
  await add(store, 1, series, { state: 'waiting', missing: ['t'], verdict });
  assert.deepEqual(await found(store, inField('waiting', 'jan@EXAMPLE.org')), ['one']);
  await store.transaction((tx) => saveReadiness(tx, series, { state: 'ready', missing: [] }));
  assert.deepEqual(await found(store, inField('waiting', 'jan')), []);
  assert.deepEqual(await found(store, { kind: 'ready', states: ['ready'], not: false }), ['one']);
});

storeTest("an author is asked while the last word is somebody else's", async (its) => {
  const store = await its.open();
  const series = sampleSeries('one');
  const mail = (msgid: string, email: string, posted: number) => {
    const message = sampleMessage(msgid, msgid, { posted });
    const entry = { ...message.digest.entry, from: { name: '', email } };
    return { ...message, digest: { ...message.digest, entry } };
  };
  const replies = ['<q@x>', '<a@x>'].map((msgid) => sampleDisposition(msgid, { kind: 'reply', series: series.msgid }));
  const derive = () =>
    store.transaction((tx) =>
      replaceSeries(tx, 1, [{ series, tags: sampleTags(series.msgid), readiness: WAITING }], replies),
    );
  await store.transaction((tx) => putMessages(tx, [mail('<q@x>', 'eve@example.org', 5000)]));
  await derive();
  assert.deepEqual(await found(store, inField('asked', 'ada')), ['one']);
  assert.deepEqual(await found(store, { kind: 'has', what: 'comments', not: false }), ['one']);
  await store.transaction((tx) => putMessages(tx, [mail('<a@x>', 'ada@example.org', 6000)]));
  await derive();
  assert.deepEqual(await found(store, inField('asked', 'ada')), []);
});

storeTest('only the newest version of a change is listed, until all are asked for', async (its) => {
  const store = await its.open();
  const [old, fresh] = [
    sampleSeries('one', { state: 'superseded', key: 'k1' }),
    sampleSeries('one', { version: 2, key: 'k2', msgid: '<v2@example.org>' }),
  ];
  const rows = [old, fresh].map((series) => ({ series, tags: sampleTags(series.msgid), readiness: WAITING }));
  await store.transaction((tx) => replaceSeries(tx, 1, rows, []));
  const versions = async (latest: boolean) =>
    (await searchSeries(store.db, { ...ALL, latest }, { limit: 9, after: null })).map(({ series }) => series.version);
  assert.deepEqual(await versions(true), [2]);
  assert.deepEqual(new Set(await versions(false)), new Set([1, 2]));
});

storeTest('what was done for a series can be asked for', async (its) => {
  const store = await its.open();
  const series = sampleSeries('one');
  await add(store, 1, series);
  const has = (what: 'checks' | 'failure' | 'conflict') => found(store, { kind: 'has', what, not: false });
  assert.deepEqual(await has('checks'), []);
  const check = sampleCheck('build', { state: 'fail' });
  await store.transaction((tx) => saveChecks(tx, series, [{ check, jobHash: 'h' }], 1));
  assert.deepEqual(await has('checks'), ['one']);
  assert.deepEqual(await has('failure'), ['one']);
  assert.deepEqual(await has('conflict'), []);
});

storeTest('a series is found by what people have set of one of its patches, in its own project', async (its) => {
  const store = await its.open();
  await add(store, 1, sampleSeries('one', { posted: 2 }));
  await add(store, 2, sampleSeries('two', { posted: 1 }));
  const mark = (project: string, msgid: string, state: 'rejected' | 'deferred' | null) =>
    store.transaction((tx) => markPatch(tx, { project, msgid }, { state }, 'ci', 1));
  const marked = (not: boolean, ...states: ('rejected' | 'deferred')[]) => found(store, { kind: 'mark', states, not });
  await mark('xen', '<one-1@example.org>', 'rejected');
  await mark('other', '<two-1@example.org>', 'rejected');
  assert.deepEqual(await marked(false, 'rejected', 'deferred'), ['one']);
  assert.deepEqual(await marked(true, 'rejected', 'deferred'), ['two']);
  assert.deepEqual(await marked(false, 'deferred'), []);
  await mark('xen', '<one-1@example.org>', null);
  assert.deepEqual(await marked(false, 'rejected'), []);
});

storeTest('a series is found by its mark also where very many patches have the same', async (its) => {
  const store = await its.open();
  await add(store, 1, sampleSeries('one', { posted: 2 }));
  await add(store, 2, sampleSeries('two', { posted: 1 }));
  const mark = (msgid: string) =>
    ({
      project: 'xen',
      msgid,
      state: 'accepted',
      archived: null,
      delegate: null,
      commit_ref: null,
      by: 'ci',
      at: 1,
    }) as const;
  const others = Array.from({ length: 5000 }, (_, at) => mark(`<other-${at}@example.org>`));
  await store.transaction(async (tx) => {
    for (const part of chunks([mark('<one-1@example.org>'), ...others], 100))
      await tx.insertInto('patch_mark').values(part).execute();
  });
  assert.deepEqual(await found(store, { kind: 'mark', states: ['accepted'], not: false }), ['one']);
  assert.deepEqual(await found(store, { kind: 'mark', states: ['accepted'], not: true }), ['two']);
});

storeTest('pages follow each other without a gap, whatever they are sorted by', async (its) => {
  const store = await its.open();
  for (let at = 0; at < 7; at += 1) await add(store, at + 1, sampleSeries(`n${at}`, { posted: Math.floor(at / 2) }));
  for (const ascending of [false, true]) {
    const query = { ...ALL, sort: 'posted', ascending } as const;
    const whole = await searchSeries(store.db, query, { limit: 50, after: null });
    const parts = [];
    for (let after = null, rows; (rows = await searchSeries(store.db, query, { limit: 3, after })).length > 0; ) {
      parts.push(...rows);
      after = rows.at(-1)?.place ?? null;
    }
    assert.deepEqual(parts, whole);
    assert.equal(whole.length, 7);
  }
});

storeTest('a series that is gone is found no more', async (its) => {
  const store = await its.open();
  await add(store, 1, sampleSeries('one'));
  await store.transaction((tx) => replaceSeries(tx, 1, [], []));
  assert.deepEqual(await found(store, words('lib')), []);
});
