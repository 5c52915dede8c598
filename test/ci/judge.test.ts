import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Evidence, flaky, judge, rawOf } from '../../src/ci/judge.ts';
import type { Check, CheckState, Finding } from '../../src/ci/run.ts';

function check(patch: string | null, state: CheckState, more: Partial<Check> = {}): Check {
  const rest = { url: null, commit: 'c', tree: 't', excerpt: '', log: null, seconds: 1 };
  return { context: 'build', state, patch, summary: state === 'fail' ? 'exit 2' : 'passed', ...rest, ...more };
}

function judged(checks: readonly Check[], more: Partial<Evidence> = {}) {
  const all = judge({ checks, patches: ['1', '2', '3'], base: [], masks: [], ...more });
  return all.map((one) => [one.state, one.judged?.as ?? null]);
}

const passes = [check(null, 'success')];
const fails = [check(null, 'fail')];

test('what the base passes and a patch fails is a regression', () => {
  assert.deepEqual(judged([check('1', 'success'), check('2', 'fail')], { base: passes }), [
    ['success', null],
    ['fail', 'regression'],
  ]);
});

test('what the base fails too was broken before: a warning, and nobody is blamed', () => {
  const checks = [check('1', 'fail'), check('2', 'fail')];
  assert.deepEqual(judged(checks, { base: fails }), [
    ['warning', 'already-broken'],
    ['warning', 'already-broken'],
  ]);
  const [first] = judge({ checks, patches: ['1'], base: fails, masks: [] });
  assert.equal(first?.summary, 'broken before (the base fails too): exit 2');
});

test('who mends the base has fixed it, and who breaks it again after that is to blame', () => {
  const checks = [check('1', 'fail'), check('2', 'success'), check('3', 'fail')];
  assert.deepEqual(judged(checks.toReversed(), { base: fails }), [
    ['fail', 'regression'],
    ['success', 'fixed'],
    ['warning', 'already-broken'],
  ]);
});

test('jobs are compared with their own base alone, and without one a failure is a failure', () => {
  assert.deepEqual(judged([check('1', 'fail', { context: 'docs' })], { base: fails }), [['fail', null]]);
  assert.deepEqual(judged([check('1', 'fail')]), [['fail', null]]);
  assert.deepEqual(judged([check('1', 'pending')], { base: fails }), [['pending', null]]);
});

test('a known failure of a job, or of all the tests that failed, blames nobody', () => {
  const tests = (...names: string[]): Finding[] =>
    names.map((name) => ({ kind: 'test', file: '', line: 0, text: name, test: name }));
  const mask = { job: 'build', test: 'net.*', as: 'flaky', why: 'issue 7' } as const;
  const of = (...names: string[]) =>
    judged([check('1', 'fail', { findings: tests(...names) })], { base: passes, masks: [mask] });
  assert.deepEqual(of('net.ping', 'net.tcp'), [['warning', 'known-flaky']]);
  assert.deepEqual(of('net.ping', 'disk'), [['fail', 'regression']]);
  assert.deepEqual(of(), [['fail', 'regression']]);
  const broken = { ...mask, test: null, as: 'broken' } as const;
  assert.deepEqual(judged([check('1', 'fail')], { masks: [broken] }), [['warning', 'known-broken']]);
});

test('a result is taken over for another series as its job ended, and what is flaky stays so', () => {
  const [broken] = judge({ checks: [check('1', 'fail')], patches: ['1'], base: fails, masks: [] });
  assert.ok(broken);
  assert.deepEqual(rawOf(broken), check('1', 'fail'));
  const shaky = flaky(check('1', 'fail'));
  assert.equal(shaky.summary, 'flaky (failed, then passed when run again): exit 2');
  assert.deepEqual(rawOf(shaky), shaky);
  assert.deepEqual(judged([shaky], { base: passes }), [['warning', 'flaky']]);
});

test('a finding is tied to the first patch that has it, wherever the line has moved', () => {
  const error = (line: number): Finding => ({ kind: 'error', file: 'a.c', line, text: 'x undeclared' });
  const checks = [
    check('1', 'success'),
    check('2', 'fail', { findings: [error(7)] }),
    check('3', 'fail', { findings: [error(9)] }),
  ];
  const since = (base: Check[]) =>
    judge({ checks, patches: ['1', '2', '3'], base, masks: [] }).map((one) => one.findings?.[0]?.since);
  assert.deepEqual(since(passes), [undefined, '2', '2']);
  assert.deepEqual(since([check(null, 'fail', { findings: [error(7)] })]), [undefined, null, null]);
});
