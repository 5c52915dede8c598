import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentHash } from '../../src/patch/content-hash.ts';
import { findDiff, pathsOf } from '../../src/patch/diff.ts';

const GIT = `diff --git a/xen/a.c b/xen/a.c
index 1111111..2222222 100644
--- a/xen/a.c
+++ b/xen/a.c
@@ -10,4 +10,4 @@ int some_function(with, a, long, list, of, parameters)
 one

-two
+deux
 three`;
const QUILT = `--- xen.orig/xen/a.c\t2024-01-01 10:00:00
+++ xen/xen/a.c\t2024-01-02 10:00:00
@@ -12,4 +12,4 @@ int some_function(with, a, long, li
 one
 
-two
+deux
 three`;

function hashOf(text: string): string | null {
  const diff = findDiff(text.split('\n'), 0);
  return diff === null ? null : contentHash(diff.files);
}

test('git, quilt and Index: forms of one change have one hash', () => {
  assert.notEqual(hashOf(GIT), null);
  assert.equal(hashOf(QUILT), hashOf(GIT));
  assert.equal(hashOf(`Index: xen/xen/a.c\n=====\n${QUILT}`), hashOf(GIT));
});

test('another line, another path or another mode is another change', () => {
  assert.notEqual(hashOf(GIT.replace('deux', 'zwei')), hashOf(GIT));
  assert.notEqual(hashOf(GIT.replaceAll('a.c', 'b.c')), hashOf(GIT));
  const mode = (to: string): string => `diff --git a/x b/x\nold mode 100644\nnew mode ${to}`;
  assert.notEqual(hashOf(mode('100755')), hashOf(mode('120000')));
});

test('the order of files does not matter', () => {
  const other = GIT.replaceAll('a.c', 'b.c');
  assert.equal(hashOf(`${GIT}\n${other}`), hashOf(`${other}\n${GIT}`));
});

test('the diff ends with its last hunk: signature, footer and a later quote stay out', () => {
  const text = `${GIT}\n-- \n2.39.2\n\n____________\nlist mailing list\n> diff --git a/q b/q`;
  assert.equal(findDiff(text.split('\n'), 0)?.text, `${GIT}\n`);
});

test('a removed line that looks like a signature or a header is counted as content', () => {
  const text = `--- a/x\n+++ b/x\n@@ -1,3 +1,1 @@\n--- \n--- a/y\n z\n-- \nsig`;
  const diff = findDiff(text.split('\n'), 0);
  assert.deepEqual(diff?.files[0]?.changes, ['--- ', '--- a/y']);
});

test('quoted text and prose are no diff', () => {
  assert.equal(
    findDiff(
      GIT.split('\n').map((line) => `> ${line}`),
      0,
    ),
    null,
  );
  assert.equal(findDiff(['--- some words', 'diff --git is a command', 'Index: of things'], 0), null);
});

test('paths of renames, deletions, new and oddly named files are found', () => {
  const text = [
    'diff --git a/old name.c b/new name.c\nsimilarity index 100%\nrename from old name.c\nrename to new name.c',
    'diff --git a/gone b/gone\ndeleted file mode 100644\n--- a/gone\n+++ /dev/null\n@@ -1 +0,0 @@\n-x',
    'diff --git "a/\\303\\244" "b/\\303\\244"\nnew file mode 100644\n--- /dev/null\n+++ "b/\\303\\244"\n@@ -0,0 +1 @@\n+x',
  ].join('\n');
  const diff = findDiff(text.split('\n'), 0);
  assert.deepEqual(pathsOf(diff?.files ?? []), ['new name.c', 'gone', 'ä', 'old name.c']);
});

test('a hunk whose heading counts too few lines does not make the rest of the patch disappear', () => {
  const damaged = `${GIT}\n+four too much\n@@ -30,2 +30,2 @@\n-x\n+y\n`;
  assert.match(findDiff(damaged.split('\n'), 0)?.text ?? '', /@@ -30,2/);
});
