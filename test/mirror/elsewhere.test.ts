import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gitRepo } from '../helpers/git-repo.ts';
import { mirrorCase, patchWith, requestFor, requestOf } from './mirror-case.ts';

/** Upstream has moved `old/a` away since somebody wrote a patch for it. */
const prepare = (upstream: Awaited<ReturnType<typeof gitRepo>>): void => {
  upstream.commit({ 'old/a': 'one\n', b: 'b\n' }, 'first');
  upstream.commit({ 'old/a': null, 'new/a': 'three\n' }, 'a: move and change');
};

test('a series of which no file is or was here seems to be for another repository', async () => {
  await using one = await mirrorCase(prepare);
  await using other = await gitRepo();
  other.commit({ 'mm/vma.c': 'int x;\n' }, 'mm: first');
  other.commit({ 'mm/vma.c': 'int y;\n' }, 'mm: second');
  const { state, conflict, reason } = await one.mirror.apply(await requestOf(other.formatPatch('-1')));
  assert.deepEqual([state, conflict?.elsewhere], ['conflict', true]);
  assert.match(reason, /seems to be for another repository$/);
});

test('a file that is gone is known by the version that its author has changed, and one that is there by its name', async () => {
  await using one = await mirrorCase(prepare);
  await using author = await gitRepo();
  const first = author.commit({ 'old/a': 'one\n', b: 'other\n', c: 'c\n' }, 'first');
  author.commit({ 'old/a': 'two\n' }, 'a: two');
  author.commit({ c: 'of nobody else\n' }, 'c: change');
  const gone = await one.mirror.apply(await requestOf(author.formatPatch('-2')));
  author.git('reset', '--hard', '--quiet', first);
  author.commit({ b: 'another\n' }, 'b: another');
  const there = await one.mirror.apply(await requestOf(author.formatPatch('-1')));
  for (const { state, conflict } of [gone, there])
    assert.deepEqual([state, conflict?.elsewhere], ['conflict', undefined]);
});

test('without index lines nobody can know', async () => {
  await using one = await mirrorCase(prepare);
  const diff = '--- a/mm/vma.c\n+++ b/mm/vma.c\n@@ -1 +1 @@\n-x\n+y\n';
  const { state, conflict } = await one.mirror.apply(requestFor([patchWith(diff)]));
  assert.deepEqual([state, conflict?.elsewhere], ['conflict', undefined]);
});
