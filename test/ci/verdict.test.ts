import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Check, CheckState } from '../../src/ci/run.ts';
import { verdictOf } from '../../src/ci/verdict.ts';

const PATCHES = [1, 2, 3].map((index) => ({ index, msgid: `${index}@x` }));

function check(patch: string | null, state: CheckState, context = 'build'): Check {
  return { context, state, url: null, patch, commit: 'c', tree: 't', summary: '', excerpt: '', log: null, seconds: 1 };
}

test('the lowest failing patch is named, whatever the order of the checks', () => {
  const checks = [
    check('3@x', 'success'),
    check('2@x', 'fail'),
    check('1@x', 'success'),
    check('2@x', 'success', 'docs'),
  ];
  const verdict = verdictOf(checks, PATCHES.toReversed());
  assert.deepEqual(
    [verdict.state, verdict.firstFailing, verdict.tipPasses, verdict.failing.length],
    ['fail', 2, true, 1],
  );
});

test('the tip passes only where it was run and all its jobs passed', () => {
  assert.equal(verdictOf([check('1@x', 'fail'), check('3@x', 'warning')], PATCHES).tipPasses, true);
  assert.equal(
    verdictOf([check('1@x', 'fail'), check('3@x', 'success'), check('3@x', 'fail', 'docs')], PATCHES).tipPasses,
    false,
  );
  assert.equal(verdictOf([check('1@x', 'fail')], PATCHES).tipPasses, false);
  assert.equal(
    verdictOf(
      PATCHES.map(({ msgid }) => check(msgid, 'success')),
      PATCHES,
    ).tipPasses,
    false,
  );
});

test('a warning is less than a failure and more than a success; what is not known is no verdict', () => {
  assert.equal(verdictOf([check('1@x', 'success'), check('2@x', 'warning')], PATCHES).state, 'warning');
  assert.equal(verdictOf([check('1@x', 'success')], PATCHES).state, 'success');
  assert.equal(verdictOf([], PATCHES).state, 'infrastructure');
  assert.equal(verdictOf([check('1@x', 'success'), check('2@x', 'pending')], PATCHES).state, 'infrastructure');
});

test('a failing check of the whole series names no patch', () => {
  const verdict = verdictOf([check('1@x', 'success'), check(null, 'fail')], PATCHES);
  assert.deepEqual([verdict.state, verdict.firstFailing], ['fail', null]);
});
