import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Verdict } from '../../src/ci/run.ts';
import { changeOf, outcomeWords, sinceWords } from '../../src/report/change.ts';
import { type ReportFacts, reportOf } from '../../src/report/report.ts';
import { applied, check, conflicting, series } from './samples.ts';

const PASSED: Verdict = { state: 'success', firstFailing: null, failing: [], tipPasses: false };
const second = check('fail', series.patches[1] ?? null);
const FAILED: Verdict = { state: 'fail', firstFailing: 2, failing: [second], tipPasses: false };
const facts = (more: Partial<ReportFacts>): ReportFacts => ({
  series,
  mirror: applied,
  checks: [],
  verdict: null,
  settings: { success: false },
  ...more,
});

test('bad news that no longer holds is taken back, also where success is silent', () => {
  const passes = changeOf(facts({ verdict: PASSED }), 'build-failed:2');
  assert.deepEqual(
    [passes?.kind, passes?.outcome, passes?.before],
    ['changed', 'changed:success after build-failed:2', 'patch 2 did not pass the build-test'],
  );
  const applies = changeOf(facts({}), 'conflict:2');
  assert.deepEqual([applies?.outcome, applies?.summary], ['changed:applies after conflict:2', 'it applies']);
  assert.equal(changeOf(facts({}), 'held')?.outcome, 'changed:applies after held');
});

test('blame is taken back also where something fails that its base fails as well', () => {
  const judged = { as: 'already-broken', ran: 'fail', summary: 'exit 2' } as const;
  const checks = [check('warning', series.patches[1] ?? null, { judged })];
  const now = changeOf(facts({ verdict: { ...PASSED, state: 'warning' }, checks }), 'build-failed:2');
  assert.deepEqual([now?.summary, now?.notes], ['it applies, and breaks nothing that its base passes', checks]);
});

test('a branch that takes a series again is told where it was told that it does not', () => {
  const applies = changeOf(facts({}), 'stale:2');
  assert.deepEqual(
    [applies?.outcome, applies?.before],
    ['changed:applies after stale:2', 'patch 2 did not apply any more'],
  );
});

test('other bad news in its place says both ends', () => {
  const now = changeOf(facts({ verdict: FAILED, checks: [second] }), 'conflict:2');
  assert.equal(now?.outcome, 'changed:build-failed:2 after conflict:2');
  assert.equal(now?.replyTo, '<v2-2@example.org>');
});

test('what is as it was, or good as before, is nothing to say', () => {
  assert.equal(changeOf(facts({ mirror: conflicting }), 'conflict:2'), null);
  assert.equal(changeOf(facts({ mirror: conflicting }), 'changed:conflict:2 after build-failed:1'), null);
  assert.equal(changeOf(facts({ verdict: PASSED }), 'changed:applies after conflict:2'), null);
  assert.equal(changeOf(facts({ verdict: null }), 'build-failed:2'), null, 'it has not been built again yet');
});

test('to and fro is told once each way', () => {
  const there = changeOf(facts({ mirror: conflicting }), 'changed:success after conflict:2');
  const again = changeOf(facts({ mirror: conflicting }), 'success');
  assert.equal(there?.outcome, again?.outcome);
});

test('outcomes have words of the past', () => {
  assert.equal(outcomeWords('conflict:3'), 'patch 3 did not apply');
  assert.equal(outcomeWords('build-failed:series'), 'the series did not pass the build-test');
  assert.equal(outcomeWords('changed:held after success'), 'patches were missing');
});

test('what was said of the version before and is mended is named, and only that', () => {
  const success = reportOf(facts({ verdict: PASSED, settings: { success: true } }));
  const failure = reportOf(facts({ verdict: FAILED, checks: [second] }));
  const conflict = reportOf(facts({ mirror: conflicting }));
  assert.ok(success && failure && conflict);
  const earlier = (outcome: string) => ({ version: 1, outcome });
  assert.equal(sinceWords(success, earlier('conflict:2')), 'What was said of v1 is mended: patch 2 did not apply.');
  assert.match(sinceWords(failure, earlier('conflict:1')), /mended: patch 1 did not apply/);
  assert.equal(sinceWords(failure, earlier('build-failed:2')), '');
  assert.equal(sinceWords(conflict, earlier('conflict:2')), '');
  assert.equal(sinceWords(success, earlier('success')), '');
  assert.equal(sinceWords(success, null), '');
});
