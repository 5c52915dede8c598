import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type GateFacts, gateOf } from '../../src/ci/gate.ts';

const FACTS: GateFacts = {
  series: {
    state: 'complete',
    complete: true,
    missing: [],
    rfc: false,
    author: { name: 'Ann', email: 'Ann@example.org' },
  },
  applied: true,
  asked: false,
  tags: 0,
  jobs: 1,
  paths: ['xen/arch/arm/a.c'],
  steering: [],
  pipelines: [],
  spent: { author: 0, project: 0 },
};
const RFC: GateFacts = { ...FACTS, series: { ...FACTS.series, rfc: true } };
const OLD: GateFacts = { ...FACTS, series: { ...FACTS.series, state: 'superseded' } };
const HELD: GateFacts = {
  ...FACTS,
  asked: true,
  series: { ...FACTS.series, state: 'held', complete: false, missing: [3, 5] },
};

test('the gate opens for a complete series that applies, as the project has set', () => {
  assert.deepEqual(gateOf(FACTS, 'always'), { run: true, reason: 'complete and applies' });
  assert.deepEqual(gateOf(FACTS, 'on-request'), { run: false, reason: 'runs when asked for' });
  assert.deepEqual(gateOf({ ...FACTS, tags: 1 }, { tags: 2 }), {
    run: false,
    reason: 'waits for tags: 1 tag, 2 needed',
  });
  assert.deepEqual(gateOf({ ...FACTS, tags: 2 }, { tags: 2 }), { run: true, reason: '2 tags, 2 needed' });
});

test('an RFC and a superseded version run only when asked for', () => {
  assert.deepEqual(gateOf(RFC, 'always'), { run: false, reason: 'RFC: runs when asked for' });
  assert.deepEqual(gateOf(OLD, 'always'), { run: false, reason: 'a later version has arrived' });
  for (const facts of [RFC, OLD])
    assert.deepEqual(gateOf({ ...facts, asked: true }, 'on-request'), { run: true, reason: 'asked for' });
});

test('nothing is run that is incomplete, does not apply or has no job, even when asked for', () => {
  assert.deepEqual(gateOf(HELD, 'always'), { run: false, reason: 'incomplete: patches 3, 5 missing' });
  assert.deepEqual(gateOf({ ...FACTS, asked: true, applied: false }, 'always'), {
    run: false,
    reason: 'it does not apply',
  });
  assert.equal(gateOf({ ...FACTS, asked: true, jobs: 0 }, 'always').run, false);
  const many = { ...HELD, series: { ...HELD.series, missing: Array.from({ length: 500 }, (_, n) => n + 1) } };
  assert.equal(gateOf(many, 'always').reason, 'incomplete: patches 1, 2, 3, 4, 5, 6, 7, 8 and 492 more missing');
});

test('any one rule opens the gate, and where none does all that would are told', () => {
  const url = 'https://gitlab.com/a/b/-/pipelines/1';
  const rules = { tags: 1, authors: ['bob@example.org'], paths: ['tools/'], pipeline: 2 * 86_400 };
  assert.deepEqual(gateOf(FACTS, rules), {
    run: false,
    reason:
      'waits for tags: 0 tags, 1 needed; or a trusted author; or certain files; or a pipeline of the author that passed',
  });
  const why = (changes: Partial<GateFacts>, gate = rules) => gateOf({ ...FACTS, ...changes }, gate);
  assert.equal(why({ tags: 1 }).reason, '1 tag, 1 needed');
  assert.equal(why({}, { ...rules, authors: ['ann@example.org'] }).reason, 'by a trusted author');
  assert.equal(why({ paths: ['docs/x', 'tools/y.c'] }).reason, 'touches tools/y.c');
  const fresh = why({ pipelines: [{ url, passed: true, age: 86_400 }] });
  assert.deepEqual(fresh, { run: true, reason: `the author's own pipeline passed: ${url}` });
  assert.match(
    why({ pipelines: [{ url, passed: true, age: 9 * 86_400 }] }).reason,
    /passed 9 days ago, at most 2 days/,
  );
  assert.match(why({ pipelines: [{ url, passed: false, age: 1 }] }).reason, /pipelines\/1 did not/);
  assert.equal(gateOf(FACTS, {}).reason, 'runs when asked for');
});

test('a series that changes the CI itself is held, and says so, until somebody asks', () => {
  const facts = { ...FACTS, steering: ['.github/workflows/ci.yml'] };
  assert.deepEqual(gateOf(facts, 'always'), {
    run: false,
    reason: 'it changes how the CI runs (.github/workflows/ci.yml): runs when asked for',
  });
  assert.equal(gateOf({ ...facts, asked: true }, 'always').run, true);
});

test('quotas of author and project hold for what is earned, not for what is asked for', () => {
  const quota = { author: 2, project: 5 };
  const spent = (author: number, project: number, asked = false) =>
    gateOf({ ...FACTS, asked, spent: { author, project } }, 'always', quota);
  assert.equal(spent(1, 4).run, true);
  assert.equal(spent(2, 4).reason, 'quota: 2 runs for this author in 24 hours, at most 2');
  assert.equal(spent(0, 5).reason, 'quota: 5 runs of the project in 24 hours, at most 5');
  assert.equal(spent(2, 5, true).run, true);
});
