import assert from 'node:assert/strict';
import { searchMails } from '../../src/store/archive-search.ts';
import { bundleOf, countBundles, dropBundle, pageOfBundles, saveBundle } from '../../src/store/bundles.ts';
import { keptChecks, newestChecks, saveChecks } from '../../src/store/checks.ts';
import { listEvents, saveEvents } from '../../src/store/events.ts';
import { commitsOf, saveLandings } from '../../src/store/landed.ts';
import { listedSeriesWith, listSeriesOf, type NewListedSeries } from '../../src/store/listed-series.ts';
import type { Store } from '../../src/store/open.ts';
import { markedPatches, markPatch } from '../../src/store/patch-marks.ts';
import { tagsOfPatches } from '../../src/store/patch-tags.ts';
import { numberPeople, pageOfPeople } from '../../src/store/people.ts';
import { pageOfPostings, pageOfSeries } from '../../src/store/posting-lists.ts';
import { commentsAbout, listPostings, type NewPosting, postingsOf, settlePatches } from '../../src/store/postings.ts';
import { numberProjects, projectNumbers } from '../../src/store/project-numbers.ts';
import { documentsOf } from '../../src/store/series-documents.ts';
import { replaceSeries } from '../../src/store/series.ts';
import { searchWords } from '../../src/store/words.ts';
import { forgetAll } from '../helpers/forget-all.ts';
import { sampleCheck, sampleSeries, sampleTags, WAITING } from '../helpers/samples.ts';
import { storeTest } from '../helpers/store-test.ts';

const ANN = { name: 'Ann Author', email: 'Ann@Example.org' };

const patch = (id: string, changes: Partial<NewPosting> = {}): NewPosting => ({
  project: 'xen',
  msgid: `<${id}>`,
  kind: 'patch',
  about: null,
  name: `[1/2] x86: mend ${id}`,
  words: searchWords(`[PATCH 1/2] x86: mend ${id}`),
  from: ANN,
  posted: 1000,
  hash: `hash-${id}`,
  patchId: `id-${id}`,
  derivedState: 'new',
  ...changes,
});

const series = (key: string, msgid: string, members: readonly string[]): NewListedSeries => {
  return { project: 'xen', key, msgid, name: `series ${key}`, from: ANN, posted: 1000, version: 1, members };
};

const list = (store: Store, postings: readonly NewPosting[]) =>
  store.transaction((tx) =>
    listPostings(
      tx,
      postings.map(({ msgid }) => msgid),
      postings,
    ),
  );

const NEWEST = { order: { by: 'id', newestFirst: false }, offset: 0, limit: 10 } as const;

storeTest('a mail keeps its number, whatever is derived again, and has one in each project', async ({ open }) => {
  const store = await open();
  const first = await list(store, [patch('a'), patch('a', { project: 'ltp' }), patch('b')]);
  const ids = first.created.map(({ id }) => id);
  assert.equal(new Set(ids).size, 3);
  await store.transaction(forgetAll);
  const again = await list(store, [patch('a', { name: 'other' }), patch('a', { project: 'ltp' }), patch('c')]);
  assert.equal(again.created.length, 1);
  const [a] = (await pageOfPostings(store.db, { kind: 'patch', msgid: '<a>', projects: ['xen'], ...NEWEST })).rows;
  assert.deepEqual([a?.id, a?.name], [ids[0], 'other']);
  await store.transaction((tx) => listPostings(tx, ['<a>', '<b>'], [patch('a')]));
  const { rows, total } = await pageOfPostings(store.db, { kind: 'patch', ...NEWEST });
  assert.deepEqual(
    rows.map(({ project, msgid }) => `${project} ${msgid}`),
    ['xen <a>', 'xen <c>'],
    'what is gone is not listed',
  );
  assert.equal(total, 2);
});

storeTest('a series keeps its number by its key, its first mail, or any of its mails', async ({ open }) => {
  const store = await open();
  const all = ['<0>', '<1>', '<2>', '<3>'];
  const put = (...of: readonly NewListedSeries[]) => store.transaction((tx) => listSeriesOf(tx, all, of));
  const { numbers, created } = await put(series('k1', '<2>', ['<2>']), series('k9', '<3>', ['<3>']));
  const [one, nine] = [numbers.get('xen k1'), numbers.get('xen k9')];
  assert.equal(created.length, 2);
  const late = await put(series('k2', '<1>', ['<1>', '<2>']), series('k9', '<3>', ['<3>']));
  assert.deepEqual([late.numbers.get('xen k2'), late.created.length], [one, 0]);
  const covered = await put(series('k2', '<0>', ['<0>', '<1>', '<2>']), series('k9', '<3>', ['<3>']));
  assert.equal(covered.numbers.get('xen k2'), one);
  await put(series('k2', '<0>', ['<0>', '<1>', '<2>']));
  const { rows } = await pageOfSeries(store.db, NEWEST);
  assert.deepEqual(
    rows.map(({ id, msgid }) => [id, msgid]),
    [[one, '<0>']],
  );
  const back = await put(series('k2', '<0>', ['<0>', '<1>', '<2>']), series('k9', '<3>', ['<3>']));
  assert.equal(back.numbers.get('xen k9'), nine, 'one that comes back has its number again');
});

storeTest('lists are filtered by everything at once, and counted', async ({ open }) => {
  const store = await open();
  const bob = { name: 'Bob 100%', email: 'bob@example.org' };
  await list(store, [
    patch('a'),
    patch('b', { from: bob, posted: 2000, derivedState: 'rfc' }),
    patch('c', { kind: 'cover' }),
  ]);
  const ids = async (query: object): Promise<string[]> =>
    (await pageOfPostings(store.db, { kind: 'patch', ...NEWEST, ...query })).rows.map(({ msgid }) => msgid);
  const [person] = (await pageOfPeople(store.db, 'BOB 100%', 0, 10)).rows;
  assert.equal(person?.email, 'bob@example.org');
  assert.equal((await pageOfPeople(store.db, '100_', 0, 10)).total, 0, 'a pattern is text');
  assert.deepEqual(await ids({ people: [person.id] }), ['<b>']);
  assert.deepEqual(await ids({ name: 'MEND B' }), ['<b>']);
  assert.deepEqual(await ids({ states: ['rfc', 'deferred'], since: 2000, before: 2001, hash: 'hash-b', archived: 0 }), [
    '<b>',
  ]);
  assert.deepEqual(await ids({ states: [], order: { by: 'posted', newestFirst: true } }), [], 'none of no states');
  assert.deepEqual(await ids({ order: { by: 'posted', newestFirst: true } }), ['<b>', '<a>']);
  assert.equal((await pageOfPostings(store.db, { kind: 'patch', ...NEWEST, limit: 1 })).total, 2);
});

storeTest(
  'what people set of a patch wins over upstream, which wins over mail; it outlives a rebuild',
  async ({ open }) => {
    const store = await open();
    await store.transaction((tx) => numberPeople(tx, [{ name: 'Mona', email: 'mona@example.org' }]));
    await list(store, [patch('a'), patch('b', { derivedState: 'superseded' })]);
    const landing = { project: 'xen', branch: 'staging', msgid: '<b>', commit: 'c0ffee', committed: 5, found: {} };
    const changed = await store.transaction(async (tx) => {
      await saveLandings(tx, [landing]);
      await markPatch(
        tx,
        { project: 'xen', msgid: '<a>' },
        { state: 'deferred', delegate: 'mona@example.org' },
        'token',
        7,
      );
      await markPatch(tx, { project: 'xen', msgid: '<a>' }, { archived: 1 }, 'other', 8);
      return settlePatches(tx, 'xen', ['<a>', '<b>', '<none>']);
    });
    assert.deepEqual(
      changed.map(({ posting, before }) => [posting.msgid, before, posting.state]),
      [
        ['<a>', 'new', 'deferred'],
        ['<b>', 'superseded', 'accepted'],
      ],
    );
    await store.transaction(forgetAll);
    const { changed: none } = await list(store, [patch('a', { derivedState: 'superseded' }), patch('b')]);
    assert.deepEqual(none, []);
    const rows = await postingsOf(store.db, 'xen', ['<a>', '<b>']);
    assert.deepEqual(
      [rows.get('<a>')?.state, rows.get('<a>')?.archived, rows.get('<b>')?.state],
      ['deferred', 1, 'accepted'],
    );
    assert.equal((await commitsOf(store.db, ['<b>'])).get('xen <b>'), 'c0ffee');
    assert.partialDeepStrictEqual((await markedPatches(store.db, ['<a>'])).get('xen <a>'), {
      by: 'other',
      at: 8,
      archived: 1,
    });
  },
);

storeTest('comments, checks, tags and series of a page of patches are found together', async ({ open }) => {
  const store = await open();
  const one = sampleSeries('one');
  await store.transaction(async (tx) => {
    await replaceSeries(tx, 1, [{ series: one, tags: sampleTags(one.msgid), readiness: WAITING }], []);
    const members = [one.msgid];
    await listSeriesOf(tx, members, [{ ...series(one.key, one.msgid, members), posted: one.posted }]);
    const comment = patch('c', { kind: 'comment', about: one.msgid });
    await listPostings(tx, [one.msgid, '<c>'], [{ ...patch('x'), msgid: one.msgid }, comment]);
    const checks = [sampleCheck('whole'), sampleCheck('one', { patch: one.msgid, by: 'board' })];
    await saveChecks(
      tx,
      one,
      checks.map((check) => ({ check, jobHash: '' })),
      9,
    );
  });
  const { db } = store;
  const found = await listedSeriesWith(db, [one.msgid, '<none>']);
  assert.deepEqual(
    found.map(({ key, member }) => [key, member]),
    [[one.key, one.msgid]],
  );
  assert.deepEqual([...(await documentsOf(db, found)).values()], [one]);
  const byNumber = await pageOfPostings(db, { kind: 'patch', series: found.map(({ id }) => id), ...NEWEST });
  assert.deepEqual(
    byNumber.rows.map(({ msgid }) => msgid),
    [one.msgid],
  );
  assert.deepEqual(
    (await commentsAbout(db, { project: 'xen', msgid: one.msgid })).map(({ msgid }) => msgid),
    ['<c>'],
  );
  const checks = await keptChecks(db, 'xen', [one.msgid], [one.key]);
  assert.deepEqual(
    checks.map(({ check }) => check.context),
    ['whole', 'one'],
  );
  assert.deepEqual(
    (await newestChecks(db, 5)).map(({ check }) => check.by),
    ['board'],
    'those of patches',
  );
  assert.deepEqual(
    (await tagsOfPatches(db, 'xen', [one.msgid])).get(one.msgid)?.map(({ kind }) => kind),
    ['Reviewed-by'],
  );
});

storeTest('a bundle has its patches in order; who does not own it sees it where it is public', async ({ open }) => {
  const store = await open();
  const wish = { project: 'xen', name: 'mine', owner: 1, public: false, patches: [3, 1, 2] };
  const save = (id: number | null, changes = {}) =>
    store.transaction((tx) => saveBundle(tx, id, { ...wish, ...changes }));
  const id = (await save(null)) ?? 0;
  assert.equal(await save(null), null, 'a name once for each owner');
  assert.notEqual(await save(null, { owner: 2 }), null);
  assert.deepEqual((await bundleOf(store.db, id, 1))?.patches, [3, 1, 2]);
  assert.equal(await bundleOf(store.db, id, 2), null);
  await save(id, { public: true, patches: [2] });
  assert.deepEqual((await bundleOf(store.db, id, null))?.patches, [2]);
  const page = await pageOfBundles(store.db, { reader: null, name: 'mine', offset: 0, limit: 10 });
  assert.deepEqual(
    page.rows.map((row) => row.id),
    [id],
  );
  await store.transaction((tx) => dropBundle(tx, id));
  assert.equal(await countBundles(store.db, 1), 0);
});

storeTest('events come in the order in which they happened, either way round', async ({ open }) => {
  const store = await open();
  await store.transaction(async (tx) => {
    await saveEvents(tx, [{ project: 'xen', category: 'series-created', series: 1 }], 100);
    await saveEvents(
      tx,
      Array.from({ length: 150 }, () => ({ project: 'xen', category: 'patch-created' }) as const),
      200,
    );
    await saveEvents(tx, [{ project: 'ltp', category: 'series-completed', detail: { a: 1 } }], 300);
  });
  const page = { oldestFirst: true, offset: 0, limit: 2 } as const;
  const all = await listEvents(store.db, page);
  assert.deepEqual([all.total, all.rows[0]?.category], [152, 'series-created']);
  const late = await listEvents(store.db, {
    ...page,
    oldestFirst: false,
    since: 300,
    projects: ['ltp'],
    categories: ['series-completed'],
  });
  assert.deepEqual([late.total, late.rows[0]?.document], [1, '{"a":1}']);
});

storeTest('mails are searched by people, time and ids, and projects have numbers', async ({ open }) => {
  const store = await open();
  await list(store, [
    patch('a'),
    patch('a', { project: 'ltp' }),
    patch('b', { kind: 'other', project: '', words: searchWords('Re: Straße_100%') }),
  ]);
  const ids = async (condition: Parameters<typeof searchMails>[1], among: readonly string[] | null = null) =>
    (await searchMails(store.db, condition, among, 10)).map(({ msgid }) => msgid);
  assert.deepEqual(await ids({ kind: 'subject', phrase: [] }), []);
  assert.deepEqual(await ids({ kind: 'from', text: 'ann@example' }, ['<b>']), ['<b>']);
  assert.deepEqual(
    await ids({
      kind: 'not',
      of: {
        kind: 'or',
        of: [
          { kind: 'patch-id', id: 'id-a' },
          { kind: 'or', of: [] },
        ],
      },
    }),
    ['<b>'],
  );
  assert.deepEqual(
    await ids({
      kind: 'and',
      of: [
        { kind: 'and', of: [] },
        { kind: 'posted', from: 1000, to: null },
        { kind: 'msgid', msgid: '<a>' },
      ],
    }),
    ['<a>'],
    'once, whatever projects have it',
  );
  await store.transaction((tx) => numberProjects(tx, ['xen', 'ltp']));
  await store.transaction((tx) => numberProjects(tx, ['ltp', 'new', 'xen']));
  assert.deepEqual([...(await projectNumbers(store.db)).keys()].sort(), ['ltp', 'new', 'xen']);
});
