import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type GateFacts, gateOf } from '../../src/ci/gate.ts';

const FACTS: GateFacts = {
  series: { state: 'complete', complete: true, missing: [], rfc: false },
  applied: true,
  asked: false,
  tags: 0,
  jobs: 1,
};
const RFC: GateFacts = { ...FACTS, series: { ...FACTS.series, rfc: true } };
const OLD: GateFacts = { ...FACTS, series: { ...FACTS.series, state: 'superseded' } };
const HELD: GateFacts = {
  ...FACTS,
  asked: true,
  series: { state: 'held', complete: false, missing: [3, 5], rfc: false },
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
