import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { deriveSeries } from '../../src/series/derive.ts';
import type { Entry } from '../../src/series/entry.ts';
import { parseSubject } from '../../src/patch/subject.ts';
import { ANY_PROJECT } from '../helpers/digests.ts';

const SUBJECTS = [
  '[PATCH] a',
  '[PATCH v2] a',
  'Re: [PATCH] a',
  '[PATCH 0/2] s',
  '[PATCH 1/2] s1',
  '[PATCH 2/2] s2',
  '[PATCH v2 1/2] s1',
  '[PATCH v2 2/2] s2',
  'talk',
];
const PEOPLE = [
  { name: 'Ann Author', email: 'ann@example.org' },
  { name: 'Bob Builder', email: 'bob@example.org' },
];

/** Small worlds in which everything collides: few ids, times, subjects and people. */
const entry: fc.Arbitrary<Entry> = fc
  .record({
    id: fc.integer({ min: 0, max: 12 }),
    parent: fc.option(fc.integer({ min: 0, max: 14 })),
    references: fc.array(fc.integer({ min: 0, max: 14 }), { maxLength: 3 }),
    subject: fc.constantFrom(...SUBJECTS),
    from: fc.constantFrom(...PEOPLE),
    posted: fc.integer({ min: 0, max: 4 }),
    diff: fc.boolean(),
  })
  .map(({ id, parent, references, subject, from, posted, diff }) => ({
    msgid: `<${id}>`,
    inReplyTo: parent === null ? null : `<${parent}>`,
    references: references.map((reference) => `<${reference}>`),
    from,
    recipients: [],
    listIds: [],
    subject,
    parsed: parseSubject(subject),
    date: '2024-06-03T10:00:00+00:00',
    posted: posted * 3_600_000,
    automatic: false,
    patch: diff
      ? { title: subject, author: from, contentHash: subject, patchId: null, paths: ['f'], signed: true }
      : null,
    changeId: null,
    broken: null,
  }));

test('series and dispositions are a function of the set of mails, not of their order', () => {
  const world = fc
    .array(entry, { maxLength: 16 })
    .chain((mails) => fc.tuple(fc.constant(mails), fc.shuffledSubarray(mails, { minLength: mails.length })));
  fc.assert(
    fc.property(world, ([mails, shuffled]) => {
      assert.deepEqual(deriveSeries(shuffled, ANY_PROJECT), deriveSeries(mails, ANY_PROJECT));
    }),
    { numRuns: 300 },
  );
});

test('every mail has exactly one disposition, and every series a key of its own', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 16 }), (mails) => {
      const { series, dispositions } = deriveSeries(mails, ANY_PROJECT);
      assert.deepEqual(
        dispositions.map((one) => one.msgid).toSorted(),
        [...new Set(mails.map((mail) => mail.msgid))].toSorted(),
      );
      assert.equal(new Set(series.map((one) => one.key)).size, series.length);
    }),
    { numRuns: 300 },
  );
});
