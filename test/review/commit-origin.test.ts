import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commitOrigin } from '../../src/review/commit-origin.ts';
import { commitTags, policyPatchOf } from '../../src/review/commit-tags.ts';

const ID = '8f2fbdb55a3b8c1f5f0e8d9b7a6c5d4e3f2a1b0c';

test('a backport names the commit that it was taken from, as cherry-pick -x or as Xen writes it', () => {
  assert.deepEqual(commitOrigin(`x: y\n\ntext\n\n(cherry picked from commit ${ID})\n`).origins, [ID]);
  assert.deepEqual(commitOrigin(`x: y\n\nSigned-off-by: A <a@b>\nmaster commit: ${ID}\nmaster date: 2024\n`).origins, [
    ID,
  ]);
  assert.deepEqual(commitOrigin(`x: y\n\nas the master commit: said\n`).origins, []);
});

test('advisories are those that the commit says it is, not those that it mentions', () => {
  const found = commitOrigin('x: y\n\nThis is part of XSA-237 / CVE-2017-15590.\n\nThe fix for XSA-1 was wrong.\n');
  assert.deepEqual([found.advisories, found.cves], [[237], ['CVE-2017-15590']]);
});

test('Fixes:, Backport: and reverts are read', () => {
  const found = commitOrigin(`x: y\n\nFixes: 8f2fbdb55a3b ("a")\nFixes: commit ${ID} ("b")\nBackport: 4.16+ # all\n`);
  assert.deepEqual([found.fixes, found.backports, found.reverts], [['8f2fbdb55a3b', ID], ['4.16+'], null]);
  assert.equal(commitOrigin(`Revert "x: y"\n\nThis reverts commit ${ID}.\n`).reverts, ID);
  assert.equal(commitOrigin('Revert "x: y"\n\nIt was wrong.\n').reverts, '');
});

test('trailers of a commit are found in any of its last paragraphs, but not those of the project it came from', () => {
  const message = [
    'x: y',
    '',
    'Signed-off-by: Lin Ux <lin@linux.example>',
    'Origin: git://linux.example 123456789abc',
    'Signed-off-by: Ann Author <ann@example.org>',
    '',
    'acked-by: Bob <bob@example.org> # arm',
    'reviewed-By: Cid <cid@example.org> [x86]',
    ' Tested-by: quoted <q@example.org>',
  ].join('\n');
  assert.deepEqual(
    commitTags(message).map(({ kind, person, area }) => [kind, person?.name, area]),
    [
      ['Signed-off-by', 'Ann Author', null],
      ['Acked-by', 'Bob', 'arm'],
      ['Reviewed-by', 'Cid', 'x86'],
    ],
  );
});

test('who commits his own work without signing it off vouches for it', () => {
  const ann = { name: 'Ann', email: 'ann@example.org' };
  const commit = { author: ann, paths: [], message: 'Revert "x"\n', date: '2024-01-01T00:00:00Z' };
  assert.deepEqual(policyPatchOf({ ...commit, committer: ann }).signers, [ann]);
  assert.deepEqual(policyPatchOf({ ...commit, committer: { name: 'B', email: 'b@example.org' } }).signers, []);
});
