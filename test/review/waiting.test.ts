import assert from 'node:assert/strict';
import { test } from 'node:test';
import { treeNotice } from '../../src/review/tree-notice.ts';
import { isOn, unanswered, waitsOf } from '../../src/review/waiting.ts';
import type { Entry } from '../../src/series/entry.ts';
import { sampleEntry, sampleSeries } from '../helpers/samples.ts';
import { judged, people, tagOf } from './policy-case.ts';

const series = sampleSeries('x', { author: people.ann });
const noTags = { cover: [], patches: new Map() };
const mail = (name: string, from: { name: string; email: string }, to: string, posted = 1000): Entry => ({
  ...sampleEntry(`<${name}@example.org>`),
  from,
  inReplyTo: to,
  references: [to],
  posted,
});
const reply = (name: string) => ({
  msgid: `<${name}@example.org>`,
  kind: 'reply' as const,
  project: 'xen',
  series: series.msgid,
  about: series.msgid,
  reason: '',
});

test('a comment waits for the author until he has answered below it', () => {
  const comment = mail('c1', people.cora, series.msgid, 5);
  const later = mail('c2', people.ted, series.msgid, 9);
  const open = unanswered(series, noTags, [later, comment], [reply('c1'), reply('c2')]);
  assert.deepEqual(
    open.map(({ msgid }) => msgid),
    ['<c1@example.org>', '<c2@example.org>'],
  );
  const answers = [comment, later, mail('a1', people.ann, '<c1@example.org>')];
  const rest = unanswered(series, noTags, answers, [reply('c1'), reply('c2'), reply('a1')]);
  assert.deepEqual(
    rest.map(({ msgid }) => msgid),
    ['<c2@example.org>'],
  );
});

test('programs, and mails on another version, are no comments', () => {
  const program = { ...mail('c1', people.cora, series.msgid), automatic: true };
  const other = { ...reply('c2'), series: '<old@example.org>' };
  assert.deepEqual(unanswered(series, noTags, [program, mail('c2', people.cora, 'x')], [reply('c1'), other]), []);
});

test('who approved has not asked', () => {
  const readiness = { state: 'ready' as const, missing: [] };
  const given = tagOf(['Acked-by', people.cora, { givenIn: '<c1@example.org>' }]);
  const tags = { cover: [], patches: new Map([[series.msgid, [given]]]) };
  const comments = unanswered(series, tags, [mail('c1', people.cora, series.msgid)], [reply('c1')]);
  assert.deepEqual(waitsOf(series, readiness, comments), []);
});

test('what a series waits for names the people, the author for comments', () => {
  const readiness = judged({ patches: [{ paths: ['core/a.c'] }] });
  const comments = [{ msgid: '<c@example.org>', from: people.ted, posted: Date.UTC(2024, 5, 28) }];
  const waits = waitsOf(series, readiness, comments);
  assert.deepEqual(
    waits.map(({ rule, text }) => `${rule}: ${text}`),
    [
      'maintainer: patch 1: no approval by a maintainer of core/a.c (CORE)',
      'comment: comments by Ted Tools unanswered since 2024-06-28',
    ],
  );
  assert.deepEqual(
    waits.map((wait) => [isOn(wait, 'CARL'), isOn(wait, 'ann@')]),
    [
      [true, false],
      [false, true],
    ],
  );
});

test('a Release Manager’s subject says the state of the tree', () => {
  assert.equal(treeNotice('Commit moratorium for 4.19-rc1'), 'moratorium');
  assert.equal(treeNotice('Commit  moratorium is lifted for 4.19-rc1'), 'frozen');
  assert.equal(treeNotice('No Release Ack needed before RC2'), 'open');
  assert.equal(treeNotice('Release acks are now required for staging'), 'frozen');
  assert.equal(treeNotice('Re: Commit moratorium for 4.19-rc1'), null);
  assert.equal(treeNotice('Xen 4.19 Development Update'), null);
});
