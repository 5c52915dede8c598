import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { diffHash } from '../../src/patch/diff-hash.ts';

const DIFF = `diff --git a/lib/a.c b/lib/a.c
index 1111111..2222222 100644
--- a/lib/a.c
+++ b/lib/a.c
@@ -1,3 +1,4 @@ int main(void)
 one
-two
+deux
+trois
 three
`;

test('a diff is hashed as Patchwork does: file names, counts of hunks and lines, so that a commit hook finds its patch', () => {
  const plain = '--- a/lib/a.c\n+++ b/lib/a.c\n@@ -3 +4 @@\n one\n-two\n+deux\n+trois\n three\n';
  assert.equal(diffHash(DIFF), createHash('sha1').update(plain).digest('hex'));
});

test('line numbers, headings, first folders, CRLF and what stands around the diff make no difference', () => {
  const hash = diffHash(DIFF);
  assert.equal(diffHash(DIFF.replace('-1,3 +1,4', '-71,3 +72,4').replace(' int main(void)', '')), hash);
  assert.equal(diffHash(DIFF.replaceAll('a/lib', 'x.orig/lib').replaceAll('b/lib', 'x/lib')), hash);
  assert.equal(diffHash(`\n${DIFF.replaceAll('\n', '\r\n')}\n\n`), hash);
  assert.notEqual(diffHash(DIFF.replace('deux', 'zwei')), hash);
  assert.notEqual(diffHash(DIFF.replaceAll('lib/a.c', 'lib/b.c')), hash);
});
