import assert from 'node:assert/strict';
import { listSeriesOf } from '../../src/store/listed-series.ts';
import type { Store } from '../../src/store/open.ts';
import { pageOfPostings, pageOfSeries } from '../../src/store/posting-lists.ts';
import { listPostings, type NewPosting } from '../../src/store/postings.ts';
import { Random } from '../helpers/random.ts';
import { storeTest } from '../helpers/store-test.ts';

const ANN = { name: 'Ann Author', email: 'ann@example.org' };
const PAGE = { order: { by: 'id', newestFirst: false }, offset: 0, limit: 500 } as const;

const patch = (name: string, at: number): NewPosting => {
  const rest = {
    about: null,
    words: '',
    from: ANN,
    posted: at,
    hash: null,
    patchId: null,
    derivedState: 'new',
  } as const;
  return { project: 'xen', msgid: `<${at}>`, kind: 'patch', name, ...rest };
};

async function list(store: Store, postings: readonly NewPosting[]): Promise<void> {
  await store.transaction((tx) =>
    listPostings(
      tx,
      postings.map(({ msgid }) => msgid),
      postings,
    ),
  );
}

async function found(store: Store, name: string): Promise<string[]> {
  const { rows, total } = await pageOfPostings(store.db, { kind: 'patch', name, ...PAGE });
  assert.equal(total, rows.length);
  return rows.map((row) => row.name);
}

storeTest('a part of a name is found wherever it stands, in any case, and nothing else is', async ({ open }) => {
  const store = await open();
  const names = [
    '[v2,1/3] x86/HVM: mend memcg 100%',
    'xmemcgx: a_b "quoted"',
    "mem'cg",
    'Größe: 日本語の文',
    'a\\b * AND NOT ^',
    'ab',
  ];
  await list(store, names.map(patch));
  for (const [asked, at] of [
    ['memcg', [0, 1]],
    ['EMC', [0, 1]],
    ['hvm: MEND', [0]],
    ['/hv', [0]],
    ['0%', [0]],
    ['%', [0]],
    ['a_b', [1]],
    ['a?b', []],
    ['axb', []],
    ['"quoted"', [1]],
    ["m'cg", [2]],
    ['größe', [3]],
    ['本語の', [3]],
    ['語', [3]],
    ['a\\b * AND NOT ^', [4]],
    ['AND NOT', [4]],
    ['ab', [5]],
    ['memcg x86', []],
    ['cgme', []],
    ['ememcg', []],
  ] as const)
    assert.deepEqual(
      await found(store, asked),
      at.map((one) => names[one]),
      asked,
    );
});

storeTest('parts of names at random are found as a reader of all names would find them', async ({ open }) => {
  const store = await open();
  const random = new Random(3);
  const some = (length: number): string =>
    Array.from({ length }, () => random.pick(['a', 'A', 'b', 'ö', ' ', '"', '%', '_', '日', '😀'])).join('');
  const names = Array.from({ length: 150 }, () => some(1 + random.below(12)));
  await list(store, names.map(patch));
  for (let round = 0; round < 120; round += 1) {
    const asked = some(1 + random.below(5));
    const expected = names.filter((name) => name.toLowerCase().includes(asked.toLowerCase()));
    assert.deepEqual(await found(store, asked), expected, asked);
  }
});

storeTest('a name that changes, or is no patch any more, is found as it is now; series too', async ({ open }) => {
  const store = await open();
  await list(store, [patch('first name', 1), { ...patch('other name', 2), kind: 'other' }]);
  await list(store, [patch('second name', 1), patch('other name', 2)]);
  assert.deepEqual([await found(store, 'first'), await found(store, 'second')], [[], ['second name']]);
  assert.deepEqual(await found(store, 'other'), ['other name']);
  await store.transaction((tx) => listPostings(tx, ['<1>'], []));
  assert.deepEqual(await found(store, 'second'), []);

  const series = { project: 'xen', key: 'k', msgid: '<1>', from: ANN, posted: 1, version: 1, members: ['<1>'] };
  const named = async (name: string): Promise<number> => (await pageOfSeries(store.db, { name, ...PAGE })).total;
  await store.transaction((tx) => listSeriesOf(tx, ['<1>'], [{ ...series, name: 'x86: mend it' }]));
  assert.deepEqual([await named('6: MEND'), await named('6:mend'), await named('x8')], [1, 0, 1]);
  await store.transaction((tx) => listSeriesOf(tx, ['<1>'], []));
  assert.equal(await named('mend'), 0);
});
