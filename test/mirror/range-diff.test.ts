import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rangeDiff, renderRangeDiff } from '../../src/mirror/range-diff/range-diff.ts';
import { type FileContent, type GitRepo, gitRepo } from '../helpers/git-repo.ts';
import { patchWith, requestOf } from './mirror-case.ts';

const lines = (count: number, word = 'line') =>
  Array.from({ length: count }, (_, at) => `${word} ${at + 1}\n`).join('');

type Version = readonly (readonly [Readonly<Record<string, FileContent>>, string])[];

/** Our range-diff of two versions on the same base, and git's. */
async function both(repo: GitRepo, one: Version, two: Version): Promise<{ ours: string; git: string }> {
  repo.git('checkout', '-q', '-f', '-B', 'main');
  const base = repo.git('rev-parse', 'main');
  const versions = [];
  for (const version of [one, two]) {
    repo.git('checkout', '-q', '-f', '--detach', base);
    const ids = version.map(([files, message]) => repo.commit(files, message));
    const { patches } = await requestOf(repo.formatPatch(`${base}..HEAD`));
    versions.push({ ids, patches, range: `${base}..${ids.at(-1)}` });
  }
  const [old, fresh] = versions;
  assert.ok(old && fresh);
  const short = (ids: readonly string[]) => (index: number) => repo.git('rev-parse', '--short', ids[index - 1] ?? '');
  const pairs = rangeDiff(old.patches, fresh.patches) ?? [];
  return {
    ours: renderRangeDiff(pairs, { old: short(old.ids), fresh: short(fresh.ids) }),
    git: `${repo.git('range-diff', '--no-color', old.range, fresh.range)}\n`,
  };
}

const A = lines(40);
const B = lines(30, 'word');
const first: Version[number] = [{ 'a.txt': A.replace('line 5\n', 'five\n') }, 'First: change a line\n\nBecause.\n'];
const second: Version[number] = [{ 'b.txt': `${B}more\nand more\n` }, 'Second: add lines'];
const third: Version[number] = [{ 'dir/new.txt': lines(12, 'new') }, 'Third: a new file'];

const CASES: Readonly<Record<string, readonly [Version, Version]>> = {
  'nothing has changed': [
    [first, second],
    [first, second],
  ],
  'a line of a diff has changed': [
    [first, second],
    [first, [{ 'b.txt': `${B}more\nand much more\n` }, 'Second: add lines']],
  ],
  'a message has changed': [
    [first, second],
    [[first[0], 'First: change a line\n\nBecause of this.\n\nAcked-by: Bo <bo@example.org>\n'], second],
  ],
  'patches are added, dropped and in another order': [
    [first, second],
    [third, second, [{ 'c.txt': lines(3, 'c') }, 'Something else']],
  ],
  'a file is deleted, renamed or made executable': [
    [[{ 'a.txt': null, 'dir/a.txt': A, 'b.txt': { run: B } }, 'Move']],
    [[{ 'a.txt': null, 'dir/b.txt': `${A}x\n`, 'b.txt': null }, 'Move']],
  ],
  'more than nine patches': [
    Array.from({ length: 10 }, (_, at) => [{ [`f${at}`]: lines(9 + at, `w${at}`) }, `Patch ${at}`] as const),
    Array.from({ length: 11 }, (_, at) => [{ [`f${at}`]: lines(9 + at, `w${at}`) }, `Patch ${at}`] as const),
  ],
  'no newline at the end of a file': [[[{ 'a.txt': `${A}end` }, 'Open']], [[{ 'a.txt': `${A}end\n` }, 'Open']]],
};

for (const [name, [one, two]] of Object.entries(CASES)) {
  test(`range-diff is git's own: ${name}`, async () => {
    await using repo = await gitRepo();
    repo.commit({ 'a.txt': A, 'b.txt': B }, 'Start');
    const { ours, git } = await both(repo, one, two);
    assert.equal(ours, git);
  });
}

test('hostile patches are compared in bounded time, and too many not at all', () => {
  const noise = (seed: number) =>
    `diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -0,0 +1,9000 @@\n${Array.from({ length: 9000 }, (_, at) => `+${(at * seed) % 7919}\n`).join('')}`;
  const [pair] = rangeDiff([patchWith(noise(3))], [patchWith(noise(7))]) ?? [];
  assert.equal(pair?.fresh === 1 || pair?.old === 1, true);
  const many = Array.from({ length: 200 }, () => patchWith(noise(1).slice(0, 200)));
  assert.equal(rangeDiff(many, many), null);
});
