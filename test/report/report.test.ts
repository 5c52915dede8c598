import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Check, Verdict } from '../../src/ci/run.ts';
import { type ReportFacts, reportOf } from '../../src/report/report.ts';
import { applied, check, conflicting, series } from './samples.ts';

const [first, second, third] = series.patches;
const passed: Verdict = { state: 'success', firstFailing: null, failing: [], tipPasses: false };
const bad = check('fail', second ?? null);
const failed: Verdict = {
  state: 'fail',
  firstFailing: 2,
  failing: [bad, check('fail', third ?? null)],
  tipPasses: false,
};

function decide(more: Partial<ReportFacts>, checks: readonly Check[] = []) {
  return reportOf({ series, mirror: applied, checks, verdict: null, settings: { success: false }, ...more });
}

test('a failing patch is reported once, to that patch, with the checks that fail there', () => {
  const report = decide({ verdict: failed });
  assert.equal(report?.outcome, 'build-failed:2');
  assert.equal(report?.replyTo, '<v2-2@example.org>');
  assert.equal(report?.summary, 'patch 2/3 does not pass build');
  assert.deepEqual(report?.checks, [bad]);
  assert.equal(decide({ verdict: { ...failed, tipPasses: true } })?.tipPasses, true);
});

test('a check of the whole series is answered at the cover', () => {
  const whole = check('fail', null);
  const report = decide({ verdict: { state: 'fail', firstFailing: null, failing: [whole], tipPasses: false } });
  assert.equal(report?.outcome, 'build-failed:series');
  assert.equal(report?.replyTo, series.msgid);
});

test('a conflict is reported at the patch that does not apply', () => {
  const report = decide({ mirror: conflicting });
  assert.equal(report?.outcome, 'conflict:2');
  assert.equal(report?.summary, 'patch 2/3 does not apply');
});

test('that the branch has moved away from an applied series is told only where somebody asks', () => {
  const base = { rule: 'default-branch', name: 'staging', commit: 'f'.repeat(40) } as const;
  const onTip = { state: 'conflict', base, already: [], conflict: conflicting.conflict, reason: '' } as const;
  const mirror = { ...applied, onTip };
  assert.equal(decide({ mirror }), null);
  const settings = { success: true, stale: true };
  const report = decide({ mirror, settings, verdict: passed });
  assert.equal(report?.outcome, 'stale:2');
  assert.equal(report?.summary, 'patch 2/3 does not apply any more');
  assert.equal(report?.replyTo, '<v2-2@example.org>');
  assert.equal(report?.base?.commit, 'f'.repeat(40), 'where it does not apply');
  assert.equal(report?.tip, applied.tip, 'what was made stays');
  assert.equal(decide({ mirror, settings, verdict: failed })?.outcome, 'build-failed:2');
});

test('a series that seems to be for another repository is not told that it does not fit into this one', () => {
  assert.ok(conflicting.conflict);
  const mirror = { ...conflicting, conflict: { ...conflicting.conflict, elsewhere: true } };
  assert.equal(decide({ mirror }), null);
});

test('success is silent unless asked for', () => {
  const checks = [check('success', first ?? null)];
  assert.equal(decide({ verdict: passed, checks }), null);
  assert.equal(decide({ verdict: passed, checks, settings: { success: true } })?.outcome, 'success');
});

test('what fails on the base too, is flaky or known to fail blames nobody, and is said beside the result', () => {
  const judged = (as: 'already-broken' | 'fixed', state: Check['state'], context: string) =>
    check(state, first ?? null, { context, judged: { as, ran: 'fail', summary: 'exit 2' } });
  const notes = [judged('already-broken', 'warning', 'arm'), judged('fixed', 'success', 'x86')];
  assert.equal(decide({ verdict: { ...passed, state: 'warning' }, settings: { success: true } }, notes), null);
  assert.deepEqual(decide({ verdict: failed }, [...notes, bad])?.notes, notes);
});

test('nothing is said of old versions, of faults of the machine, or before there is a result', () => {
  assert.equal(decide({ series: { ...series, state: 'superseded' }, verdict: failed }), null);
  assert.equal(decide({ verdict: { ...passed, state: 'infrastructure' }, settings: { success: true } }), null);
  assert.equal(decide({ mirror: { ...applied, state: 'error', ref: null } }), null);
  assert.equal(decide({ mirror: null }), null);
  assert.equal(decide({ verdict: null, settings: { success: true } }), null);
});

test('missing patches are told only where somebody asks', () => {
  const held = {
    ...series,
    state: 'held' as const,
    complete: false,
    missing: [3],
    patches: series.patches.slice(0, 2),
  };
  assert.equal(decide({ series: held, mirror: null }), null);
  const report = decide({ series: held, mirror: null, settings: { success: false, held: true } });
  assert.equal(report?.outcome, 'held');
  assert.equal(report?.summary, 'incomplete: 3 missing');
});
