import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LandedCommit, landingIndex, linksOf, type MailedPatch } from '../../src/review/landing.ts';

const ANN = { name: 'Ann Author', email: 'ann@example.org' };
const ZOE = { name: 'Zoe Other', email: 'zoe@example.org' };
const DAY = 86_400_000;
const T0 = Date.UTC(2024, 0, 1);

const patch = (changes: Partial<MailedPatch> = {}): MailedPatch => ({
  msgid: '<p@example.org>',
  title: 'a: say 2',
  author: ANN,
  posted: T0,
  paths: ['src/a.c'],
  contentHash: 'c1',
  ...changes,
});

const commit = (changes: Partial<LandedCommit> = {}): LandedCommit => ({
  commit: '1'.repeat(40),
  title: 'a: say 2',
  author: ANN,
  committed: T0 + DAY,
  paths: ['src/a.c'],
  contentHash: 'c1',
  changedLines: 2,
  message: 'a: say 2\n',
  ...changes,
});

const rules = (patches: readonly MailedPatch[], one: LandedCommit) =>
  landingIndex(patches)
    .sure(one)
    .map(({ msgid, rule }) => `${msgid} ${rule}`);

test('equal content is a patch’s commit where author or title agree', () => {
  assert.deepEqual(rules([patch()], commit()), ['<p@example.org> content']);
  assert.equal(rules([patch()], commit({ title: 'other words' })).length, 1);
  assert.equal(rules([patch()], commit({ author: ZOE })).length, 1);
  assert.deepEqual(rules([patch()], commit({ author: ZOE, title: 'other words' })), []);
});

test('many equal lines are no accident, whoever claims them', () => {
  assert.equal(rules([patch()], commit({ author: ZOE, title: 'other words', changedLines: 8 })).length, 1);
});

test('all versions of equal content went in', () => {
  const versions = [patch({ msgid: '<v1@x.example>' }), patch({ msgid: '<v2@x.example>', posted: T0 + 1 })];
  assert.deepEqual(rules(versions, commit()), ['<v2@x.example> content', '<v1@x.example> content']);
});

test('a patch is not looked for before it was posted, nor for ever', () => {
  assert.equal(rules([patch({ posted: T0 + 2 * DAY })], commit()).length, 1, 'clocks differ');
  assert.deepEqual(rules([patch({ posted: T0 + 4 * DAY })], commit()), []);
  assert.deepEqual(rules([patch({ posted: T0 - 731 * DAY })], commit()), []);
});

test('by title and author the newest version is meant, on the same files', () => {
  const other = { contentHash: 'c2' };
  const index = landingIndex([patch(), patch({ msgid: '<v2@x.example>', posted: T0 + 1 })]);
  assert.equal(index.byTitle(commit(other))?.msgid, '<v2@x.example>');
  assert.equal(index.byTitle(commit({ ...other, paths: ['lib/b.c'] })), null);
  assert.equal(
    index.byTitle(commit({ ...other, paths: ['lib/a.c'] }))?.msgid,
    '<v2@x.example>',
    'the folder was renamed',
  );
  assert.equal(index.byTitle(commit({ ...other, author: ZOE }))?.msgid, '<v2@x.example>', 'on exactly its files');
  assert.equal(index.byTitle(commit({ ...other, author: ZOE, paths: ['src/a.c', 'b.c'] })), null);
});

test('files that every folder has do not make files the same', () => {
  const index = landingIndex([patch({ paths: ['one/Makefile'] })]);
  assert.equal(index.byTitle(commit({ contentHash: 'c2', paths: ['two/Makefile'] })), null);
});

test('a link to a mail counts where author or title, and files agree', () => {
  const message = 'x: y\n\nLink: https://lore.example.org/list/p@example.org/\n';
  assert.deepEqual(rules([patch()], commit({ message, contentHash: 'c2', title: 'x: y' })), ['<p@example.org> link']);
  const report = commit({ message, contentHash: 'c2', title: 'x: y', author: ZOE, paths: ['z.c'] });
  assert.deepEqual(rules([patch()], report), []);
  assert.deepEqual(linksOf('x\n\nMessage-Id: <a@b.example>\nLink: https://bugs.example.org/7\n'), ['<a@b.example>']);
});

test('only commits with a patch’s files, title or link are worth a look', () => {
  const index = landingIndex([patch()]);
  assert.ok(index.possible(commit({ title: 'other' })));
  assert.ok(index.possible(commit({ paths: ['x'] })));
  assert.ok(!index.possible(commit({ title: 'other', paths: ['x'] })));
});
