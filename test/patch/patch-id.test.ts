import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { patchId } from '../../src/patch/patch-id.ts';
import { gitRepo } from '../helpers/git-repo.ts';

function byGit(diff: string): string | null {
  const out = execFileSync('git', ['patch-id', '--stable'], { input: Buffer.from(diff, 'latin1') }).toString();
  return out.split(' ')[0]?.trim() || null;
}

/** What git shows between two states of a few files. */
const files = fc.dictionary(
  fc.constantFrom('a.c', 'dir/b.c', 'with space.h'),
  fc
    .array(fc.constantFrom('one', '  two', 'three\t', '', '--- x', '+++ y', '@@ -1 +1 @@', 'd\u00e9j\u00e0'), {
      maxLength: 12,
    })
    .map((lines) => lines.map((line) => `${line}\n`).join('')),
  { minKeys: 1 },
);

test('the id is that of git patch-id --stable', async () => {
  await using repo = await gitRepo();
  await fc.assert(
    fc.asyncProperty(files, files, fc.boolean(), async (before, after, noNewline) => {
      const old = repo.commit(before, 'before');
      const end = noNewline
        ? Object.fromEntries(Object.entries(after).map(([name, text]) => [name, `${text}end`]))
        : after;
      const next = repo.commit(end, 'after');
      const diff = execFileSync('git', ['-C', repo.path, 'diff', old, next]).toString('latin1');
      assert.equal(patchId(diff), byGit(diff));
    }),
    { numRuns: 40 },
  );
});

test('renames, modes and binary files have the id that git gives them', async () => {
  await using repo = await gitRepo();
  const old = repo.commit({ 'name.c': 'a\nb\nc\nd\n', 'x.bin': new Uint8Array([0, 1, 2]), 'run.sh': 'true\n' }, 'base');
  const next = repo.commit({ 'other.c': 'a\nb\nc\ne\n', 'x.bin': new Uint8Array([0, 9]), 'run.sh': 'false\n' }, 'next');
  for (const options of [[], ['--binary'], ['-M'], ['-U0'], ['--full-index', '-W']]) {
    const diff = execFileSync('git', ['-C', repo.path, 'diff', ...options, old, next]).toString('latin1');
    assert.equal(patchId(diff), byGit(diff), options.join(' '));
  }
});

test('a diff without diff lines has none, as git prints nothing', () => {
  const quilt = '--- a/x.c\n+++ b/x.c\n@@ -1 +1 @@\n-a\n+b\n';
  assert.equal(byGit(quilt), null);
  assert.equal(patchId(quilt), null);
});
