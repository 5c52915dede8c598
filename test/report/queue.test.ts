import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plain } from '../../src/report/paint.ts';
import { type MarkedSeries, readyText, waitingRows } from '../../src/report/queue.ts';
import type { Readiness } from '../../src/review/tag.ts';
import { sampleSeries } from '../helpers/samples.ts';

const NOW = 1000;
const READY: Readiness = { state: 'ready', missing: [] };

/** A series of three patches, with states that people have set of the first of them. */
function queued(name: string, states: readonly (string | null)[], changes: Partial<MarkedSeries> = {}): MarkedSeries {
  const series = sampleSeries(name);
  const [patch] = series.patches;
  assert.ok(patch);
  const patches = [1, 2, 3].map((index) => ({ ...patch, index, total: 3, msgid: `<${name}-${index}@example.org>` }));
  const mark = { archived: false, delegate: null, commit_ref: null, by: 'ci', date: '2024-06-03T00:00:00Z' };
  const marks = new Map(states.map((state, at) => [`<${name}-${at + 1}@example.org>`, { ...mark, state }]));
  return { series: { ...series, patches }, readiness: READY, comments: [], landed: [], marks, ...changes };
}

const titles = (queue: readonly MarkedSeries[]) => readyText(queue, NOW, 50, plain).match(/^\d.*$/gm);

test('what people have set aside is not ready, whatever the policy says, and it is said who has set what', () => {
  const queue = [queued('one', ['rejected', 'under-review', 'rejected']), queued('two', [])];
  const text = readyText(queue, NOW, 50, plain);
  assert.match(text, /^1 ready\n.*lib: do two right\n0 ready in part\n0 not ready\n1 set aside by people\n/);
  assert.match(text, /lib: do one right\n {6}patch 1, 3: set by ci: rejected\n {6}patch 2: set by ci: under-review\n$/);
  const [all] = [readyText([queued('one', ['deferred', 'deferred', 'deferred'])], NOW, 50, plain)];
  assert.match(all, /\n {6}all patches: set by ci: deferred\n$/);
  assert.match(readyText(queue, NOW, 0, plain), /\n1 set aside by people, the newest 0:\n$/);
});

test('what is only under review is still open, and so is a series of which people have accepted what upstream has', () => {
  const open = ['1 ready', '0 ready in part', '0 not ready'];
  assert.deepEqual(titles([queued('one', ['new', 'under-review', null])]), open);
  assert.deepEqual(titles([queued('one', ['accepted'], { landed: [1] })]), open);
  assert.deepEqual(titles([queued('one', ['accepted'])])?.at(-1), '1 set aside by people');
});

test('nobody is waited for by what is set aside', () => {
  const need = { rule: 'maintainer', patch: 1, text: 't', role: 'maintainer', since: 0, files: [], who: [] } as const;
  const verdict = { patches: [], prefix: 0, by: null, needs: [need] };
  const waiting: Partial<MarkedSeries> = { readiness: { state: 'waiting', missing: ['t'], verdict } };
  const rows = waitingRows([queued('one', ['changes-requested'], waiting), queued('two', [], waiting)]);
  assert.deepEqual(
    rows.map(({ queued: { series } }) => series.change),
    ['change-two'],
  );
});
