import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seriesView } from '../../src/report/view.ts';
import { conflicting, facts, tag } from './samples.ts';

test('the JSON form has exactly the keys that the command line promises, in that order', () => {
  const view = seriesView(facts);
  const keys =
    'project change version resend msgid subject author date state complete missing target supersedes patches cover_tags mirror checks readiness';
  assert.deepEqual(Object.keys(view), keys.split(' '));
  assert.deepEqual(Object.keys(view.patches[0] ?? {}), [
    'index',
    'total',
    'msgid',
    'subject',
    'content_hash',
    'tags',
    'commit',
    'mark',
  ]);
  assert.deepEqual(Object.keys(view.mirror), ['state', 'rule', 'base', 'ref', 'tip', 'tree', 'reason']);
  assert.deepEqual(Object.keys(view.checks[0] ?? {}), ['context', 'state', 'url', 'patch']);
  assert.deepEqual(Object.keys(view.readiness), ['state', 'missing']);
  assert.deepEqual(
    Object.keys(view.patches[0]?.tags[0] ?? {}),
    'kind name email value area given_in date status sender dkim carried_from why'.split(' '),
  );
  assert.equal(view.patches[2]?.commit, '3'.repeat(40));
  assert.equal(view.mirror.base, '0123456789abcdef0123456789abcdef01234567');
  assert.equal(view.patches[1]?.tags[0]?.carried_from, '<v1-2@example.org>');
  assert.deepEqual(JSON.parse(JSON.stringify(view)), view);
});

test('commits are named only where the branch exists; an untried mirror says none', () => {
  const conflict = seriesView({ ...facts, mirror: conflicting });
  assert.equal(conflict.patches[0]?.commit, null);
  assert.equal(conflict.mirror.reason, 'patch 2/3 does not apply: hello.c:12');
  const none = seriesView({ ...facts, mirror: null, tags: { cover: [tag('Acked-by')], patches: new Map() } });
  assert.equal(none.mirror.state, 'none');
  assert.equal(none.mirror.base, null);
  assert.equal(none.cover_tags.length, 1);
});
