import assert from 'node:assert/strict';
import { test } from 'node:test';
import { interdiff } from '../../src/mirror/range-diff/interdiff.ts';
import { gitRepo } from '../helpers/git-repo.ts';

const FILE = Array.from({ length: 60 }, (_, at) => `line ${at + 1}\n`).join('');
const edit = (...changes: readonly (readonly [number, string])[]) =>
  changes.reduce((text, [line, words]) => text.replace(`line ${line}\n`, words), FILE);

/** The interdiff of two changes of the same file, as one text. */
async function between(old: string, fresh: string, oldBase = FILE): Promise<string | undefined> {
  await using repo = await gitRepo();
  const diffOf = (base: string, text: string) => {
    repo.commit({ f: base }, 'Base');
    repo.commit({ f: text }, 'Change');
    return repo.git('diff', 'HEAD^', 'HEAD') + '\n';
  };
  const files = interdiff(diffOf(oldBase, old), diffOf(FILE, fresh), 1);
  return files?.flatMap(({ path, lines }) => [path, ...lines]).join('\n');
}

test('the same change differs in nothing, also on a file that has moved', async () => {
  assert.equal(await between(edit([30, 'thirty\n']), edit([30, 'thirty\n'])), '');
  const moved = `new first line\n${FILE}`;
  assert.equal(await between(`new first line\n${edit([30, 'thirty\n'])}`, edit([30, 'thirty\n']), moved), '');
});

test('other words in the same place are shown, and only they', async () => {
  const lines = await between(edit([30, 'thirty\n']), edit([30, 'dreissig\n']));
  assert.equal(lines, 'f\n@@\n line 27\n line 28\n line 29\n-thirty\n+dreissig\n line 31\n line 32\n line 33');
});

test('what only one revision touches is for the other as it was found', async () => {
  const added = await between(edit([30, 'thirty\n']), edit([30, 'thirty\n'], [50, 'fifty\n']));
  assert.equal(added, 'f\n@@\n line 47\n line 48\n line 49\n-line 50\n+fifty\n line 51\n line 52\n line 53');
  const dropped = await between(edit([10, 'ten\n'], [30, 'thirty\n']), edit([30, 'thirty\n']));
  assert.equal(dropped, 'f\n@@\n line 7\n line 8\n line 9\n-ten\n+line 10\n line 11\n line 12\n line 13');
});

test('a wider hunk is no difference but in what it changes more', async () => {
  const lines = await between(edit([30, 'thirty\n']), edit([30, 'thirty\n'], [33, 'more\n']));
  assert.equal(lines, 'f\n@@\n thirty\n line 31\n line 32\n-line 33\n+more\n line 34\n line 35\n line 36');
});

test('a diff that cannot be read gives none', () => {
  assert.equal(interdiff('no diff at all\n', 'diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n', 1), null);
});
