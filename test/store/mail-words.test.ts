import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Condition, searchMails } from '../../src/store/archive-search.ts';
import { countMailWordsDue, mailWordsDue, setMailWordsDue } from '../../src/store/mail-words.ts';
import { putMessages } from '../../src/store/messages.ts';
import type { Store } from '../../src/store/open.ts';
import { listPostings } from '../../src/store/postings.ts';
import { replaceDigests } from '../../src/store/rebuild.ts';
import { LONGEST_PHRASE, vectorParts } from '../../src/store/tsvector.ts';
import { mailWords, phraseWords, searchWords } from '../../src/store/words.ts';
import { Random } from '../helpers/random.ts';
import { sampleEntry, sampleMessage } from '../helpers/samples.ts';
import { storeTest } from '../helpers/store-test.ts';

interface Mail {
  readonly id: string;
  readonly subject?: string;
  readonly text: string;
}

/** Stores and lists mails, as they would be on arrival. */
async function keep(store: Store, mails: readonly Mail[]): Promise<void> {
  const rows = mails.map(({ id, subject = 'x', text }) => {
    const digest = { entry: { ...sampleEntry(id), subject }, remarks: [], trailers: [] };
    return sampleMessage(id, `${id}\n\n${text}`, { digest, words: mailWords(text) });
  });
  const postings = rows.map(({ msgid, digest }, at) => {
    const { subject, from } = digest.entry;
    const rest = { about: null, name: subject, hash: null, patchId: null, derivedState: 'new' } as const;
    return { ...rest, project: '', msgid, kind: 'other', words: searchWords(subject), from, posted: at } as const;
  });
  await store.transaction(async (tx) => {
    await putMessages(tx, rows);
    await listPostings(
      tx,
      rows.map(({ msgid }) => msgid),
      postings,
    );
  });
}

const text = (words: string): Condition => ({ kind: 'words', phrase: phraseWords(words) });
const not = (of: Condition): Condition => ({ kind: 'not', of });

async function found(store: Store, condition: Condition): Promise<string[]> {
  return (await searchMails(store.db, condition, null, 1000)).map(({ msgid }) => msgid).sort();
}

storeTest('words in a row are found as a reader of all texts would find them', async ({ open }) => {
  const store = await open();
  const random = new Random(7);
  const vocabulary = ['a', 'b', 'a_b', 'größe', 'ſtraße', '日本', '0x1f', 'don', 't', 'ﬁx', 'İx', 'x'.repeat(3000)];
  const word = (): string => vocabulary[random.below(vocabulary.length)] ?? '';
  const many = (most: number): string => Array.from({ length: 1 + random.below(most) }, word).join(' / ');
  const mails = Array.from({ length: 120 }, (_, at) => ({ id: `<${at}>`, subject: many(6), text: many(12) }));
  await keep(store, mails);
  for (let round = 0; round < 60; round += 1) {
    const asked = many(3);
    const one = text(asked);
    const expected = mails.filter((mail) => ` ${mailWords(mail.text)} `.includes(` ${phraseWords(asked).join(' ')} `));
    const ids = expected.map(({ id }) => id).sort();
    assert.deepEqual(await found(store, one), ids, asked);
    const others = mails.map(({ id }) => id).filter((id) => !ids.includes(id));
    assert.deepEqual(await found(store, not(one)), others.sort(), `not ${asked}`);
    const subject: Condition = { kind: 'subject', phrase: phraseWords(asked) };
    const titled = mails.filter((mail) => searchWords(mail.subject).includes(` ${phraseWords(asked).join(' ')} `));
    if (!asked.includes('xxx')) assert.deepEqual(await found(store, subject), titled.map(({ id }) => id).sort(), asked);
  }
});

storeTest('a mail of very many words, or of one word over and over, is found by all of them', async ({ open }) => {
  const store = await open();
  const counted = Array.from({ length: 30_000 }, (_, at) => `w${at}`).join(' ');
  await keep(store, [
    { id: '<long>', text: counted },
    { id: '<same>', text: `begin ${'0 '.repeat(2000)}end` },
    { id: '<rest>', text: 'w1 end' },
  ]);
  const row = Array.from({ length: LONGEST_PHRASE }, (_, at) => `w${15_970 + at}`).join(' ');
  for (const [asked, ids] of [
    [row, ['<long>']],
    ['w29998 w29999', ['<long>']],
    ['w15999 w16001', []],
    ['begin 0', ['<same>']],
    ['0 end', ['<same>']],
    ['0 0 begin', []],
    ['end', ['<rest>', '<same>']],
  ] as const)
    assert.deepEqual(await found(store, text(asked)), ids, asked.slice(0, 20));
});

storeTest('the copy of a mail that is believed is the one whose words are found', async ({ open }) => {
  const store = await open();
  await keep(store, [{ id: '<a>', text: 'direct' }]);
  const listed = sampleMessage('<a>', 'with a footer', { rank: -1, words: 'listed' });
  await store.transaction((tx) => putMessages(tx, [listed]));
  assert.deepEqual([await found(store, text('direct')), await found(store, text('listed'))], [[], ['<a>']]);
  await store.transaction((tx) => replaceDigests(tx, [{ ...listed, words: 'better' }]));
  assert.deepEqual([await found(store, text('listed')), await found(store, text('better'))], [[], ['<a>']]);
});

storeTest('of a mail that is not in the index yet nothing is said, neither way', async ({ open }) => {
  const store = await open();
  await keep(store, [
    { id: '<a>', subject: 'one', text: 'old' },
    { id: '<b>', text: 'old' },
  ]);
  await store.transaction((tx) => setMailWordsDue(tx, null));
  await keep(store, [{ id: '<c>', text: 'new' }]);
  assert.deepEqual([await mailWordsDue(store.db), await countMailWordsDue(store.db)], [2, 2]);
  assert.deepEqual(await found(store, not(text('new'))), []);
  assert.deepEqual(await found(store, not(text('old'))), ['<c>']);
  assert.deepEqual(await found(store, { kind: 'subject', phrase: ['one'] }), ['<a>'], 'the list itself has subjects');
  await store.transaction((tx) => setMailWordsDue(tx, 0));
  assert.deepEqual(await found(store, not(text('new'))), ['<a>', '<b>']);
});

storeTest(
  'a word that very many mails have is found in the newest of them, and where the rest fits',
  async ({ open }) => {
    const store = await open();
    const mails = Array.from({ length: 300 }, (_, at) => ({
      id: `<${at}>`,
      text: `the ${at % 100 === 0 ? 'rare' : 'often'}`,
    }));
    await keep(store, mails);
    for (const common of [10, 1000]) {
      const ids = async (condition: Condition, limit: number): Promise<string[]> =>
        (await searchMails(store.db, condition, null, limit, common)).map(({ msgid }) => msgid);
      assert.deepEqual(await ids(text('the'), 3), ['<299>', '<298>', '<297>']);
      assert.deepEqual(await ids({ kind: 'and', of: [text('the'), text('rare')] }, 9), ['<200>', '<100>', '<0>']);
      assert.deepEqual(await ids(not(text('often')), 9), ['<200>', '<100>', '<0>']);
    }
  },
);

test('the parts of a long text overlap by the longest phrase', () => {
  assert.deepEqual(vectorParts(''), [{ part: 0, words: '' }]);
  assert.deepEqual(vectorParts('a b a'), [{ part: 0, words: "'a':1,3 'b':2" }]);
  const parts = vectorParts('0 '.repeat(600));
  assert.deepEqual(
    parts.map(({ part, words }) => [part, words.split(',').length]),
    [
      [0, 250],
      [1, 250],
      [2, 220],
    ],
  );
});
