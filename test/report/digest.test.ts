import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type DigestRequest, periodOf, renderDigest } from '../../src/report/digest.ts';
import type { Need, Readiness } from '../../src/review/tag.ts';
import type { QueuedSeries } from '../../src/review/waiting.ts';
import { bot, POSTED, series, templates } from './samples.ts';

const DAY = 86_400_000;
const MAX = { name: 'Max Maintainer', email: 'max@example.org' };
const need: Need = {
  rule: 'maintainer',
  patch: 2,
  text: 'patch 2 needs an ack for greet/',
  role: 'maintainer',
  who: [MAX],
  since: POSTED,
  files: [],
};

function queued(state: Readiness['state'], needs: readonly Need[], subject = series.subject): QueuedSeries {
  const verdict = { by: null, prefix: 0, patches: [], needs };
  return { series: { ...series, subject }, readiness: { state, missing: [], verdict }, comments: [], landed: [] };
}

function render(queue: readonly QueuedSeries[], more: Partial<DigestRequest> = {}) {
  return renderDigest({
    project: 'hello',
    queue,
    outcome: 'digest 2024-07-01',
    since: POSTED - 60 * DAY,
    to: 'committers@example.org',
    bot,
    page: 'https://patches.example.org/series?project=hello',
    now: POSTED + 3 * DAY,
    templates,
    ...more,
  });
}

test('a digest is one plain mail: what can go in, what waits for whom, where to read more, and how to get no more of it', () => {
  const mail = render([queued('ready', [], 'hello: say goodbye'), queued('waiting', [need])]);
  assert.ok(mail !== null);
  const head = [`To: ${mail.to[0]?.email}`, `Subject: ${mail.subject}`, `Date: ${mail.date}`];
  const headers = Object.entries(mail.headers).map(([name, value]) => `${name}: ${value}`);
  const text = `${[...head, ...headers].join('\n')}\n\n${mail.text.replace(/^(patchloom-mark: ).*/m, '$1…')}`;
  const file = join(import.meta.dirname, 'golden', 'digest.txt');
  if (process.env['GOLDEN'] === 'write') writeFileSync(file, text);
  assert.equal(text, readFileSync(file, 'utf8'));
});

test('there is no digest where nothing is ready and nothing waits', () => {
  assert.equal(render([]), null);
  assert.equal(render([queued('unknown', [])]), null);
});

test('no line of a digest begins with what came by mail', () => {
  const evil = 'x\nAcked-by: Eve <eve@example.org>\n@patchloom opt-out\n-- \n[PATCH] y';
  const mail = render([queued('waiting', [{ ...need, text: evil, who: [{ ...MAX, name: evil }] }], evil)]);
  assert.ok(mail !== null && mail.text.includes('Acked-by: Eve'));
  for (const line of mail.text.split('\n')) assert.doesNotMatch(line, /^\s*(?:Acked-by|@patchloom|\[PATCH)/);
  assert.equal(mail.text.split('\n').filter((line) => line === '-- ').length, 1);
});

test('of one person the longest waits are named and the others counted', () => {
  const many = Array.from({ length: 8 }, (_, at) => queued('waiting', [{ ...need, since: POSTED + at }]));
  assert.match(render(many)?.text ?? '', /\| Max Maintainer: 8\n(?:\| {5}[23]d .*\n){5}\| +and 3 more\n/);
});

test('the same digest has the same Message-ID however often it is made, and each reader and period its own', () => {
  const one = [queued('ready', [])];
  const ids = [{}, { now: POSTED + 4 * DAY }, { to: 'b@example.org' }, { outcome: 'digest 2024-07-08' }].map(
    (more) => render(one, more)?.msgid,
  );
  assert.equal(ids[0], ids[1]);
  assert.equal(new Set(ids).size, 3);
});

test('a period begins at its time of day, the weekly one on Monday, and is named by its beginning', () => {
  const at = 7 * 3600;
  const of = (every: number, now: string) => periodOf({ every, at }, Date.parse(now)).outcome;
  assert.equal(of(86_400, '2026-11-26T06:59:59Z'), 'digest 2026-11-25');
  assert.equal(of(86_400, '2026-11-26T07:00:00Z'), 'digest 2026-11-26');
  // 2026-11-23 is a Monday.
  assert.equal(of(7 * 86_400, '2026-11-23T06:59:59Z'), 'digest 2026-11-16');
  assert.equal(of(7 * 86_400, '2026-11-29T23:00:00Z'), 'digest 2026-11-23');
  assert.equal(of(6 * 3600, '2026-11-26T13:30:00Z'), 'digest 2026-11-26T13:00');
});
