import assert from 'node:assert/strict';
import { copyFileSync, rmSync } from 'node:fs';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { applyPatch, pathsOf } from '../../../src/mirror/engine/apply-patch.ts';
import { readDiff } from '../../../src/mirror/engine/diff.ts';
import { SEARCH_BYTES } from '../../../src/mirror/engine/line-table.ts';
import { Declined, Misfitting, Refused } from '../../../src/mirror/engine/outcome.ts';
import { WorkTree } from '../../../src/mirror/engine/work-tree.ts';
import { Objects } from '../../../src/mirror/objects.ts';
import { type FileContent, type GitRepo, gitRepo } from '../../helpers/git-repo.ts';
import { FUZZ } from './git-apply.ts';

const lines = (count: number, word = 'line') =>
  Array.from({ length: count }, (_, at) => `${word} ${at % 7}\n`).join('');
const bytes = (count: number, step: number) => Uint8Array.from({ length: count }, (_, at) => (at * step) % 256);

/** A tree with a bit of everything, and commits that do a bit of everything to it. */
const START: Readonly<Record<string, FileContent>> = {
  'a.txt': lines(40),
  'dir/b.txt': lines(30, 'word'),
  'dir/sub/c d.txt': lines(12),
  'gone.txt': lines(5),
  'open.txt': 'one\ntwo\nthree',
  'dos.txt': lines(20).replaceAll('\n', '\r\n'),
  'data.bin': bytes(600, 7),
  'run.sh': { run: '#!/bin/sh\necho hello\n' },
  'näme "q".txt': lines(10),
  link: { link: 'a.txt' },
};

const COMMITS: readonly Readonly<Record<string, FileContent>>[] = [
  { 'a.txt': `first\n${lines(40)}last\n` },
  { 'a.txt': lines(40).replace('line 5\n', 'five\n'), 'dir/b.txt': lines(31, 'word') },
  { 'a.txt': null, 'dir/moved.txt': `${lines(40)}more\n` },
  { 'copy.txt': lines(40), 'a.txt': lines(41) },
  { 'a.txt': { run: lines(40) }, 'run.sh': '#!/bin/sh\necho hello\n' },
  { 'new/deep/file.txt': 'hello\nworld\n', empty: '', 'gone.txt': null },
  { 'data.bin': bytes(700, 11), 'new.bin': bytes(300, 13) },
  { 'open.txt': 'one\n2\nthree', 'dos.txt': lines(21).replaceAll('\n', '\r\n') },
  { 'open.txt': 'one\ntwo\nthree\n' },
  { 'näme "q".txt': `${lines(10)}ß\n`, 'dir/sub/c d.txt': null },
  { link: { link: 'dir/b.txt' }, other: { link: '../outside' } },
  { 'dir/b.txt': null, 'dir/sub/c d.txt': null, dir: 'now a file\n' },
  { 'gone.txt': { link: 'a.txt' } },
];

const OPTIONS: readonly (readonly string[])[] = [
  ['-M', '-C', '--find-copies-harder'],
  ['--binary', '--full-index'],
  ['-U1'],
  ['-U6', '--no-renames'],
  ['-W', '--binary'],
  ['--no-prefix'],
  ['-D'],
];

/** The same as quilt or `Index:` would write it. */
const withoutGit = (diff: string) =>
  diff.replace(/^(?:diff --git|index|new file mode|deleted file mode|similarity index|rename (?:from|to)) .*\n/gm, '');

function diffsOf(repo: GitRepo, base: string): string[] {
  const diffs = COMMITS.flatMap((files, number) => {
    repo.git('checkout', '--quiet', '--force', '--detach', base);
    const commit = repo.commit(files, `Commit ${number}`);
    return OPTIONS.map((options) =>
      repo.run(['diff-tree', '-p', '-r', ...options, base, commit]).stdout.toString('latin1'),
    );
  });
  return [...new Set([...diffs, ...diffs.map(withoutGit)])].filter((diff) => diff !== '');
}

type Mutation = { readonly kind: number; readonly at: number; readonly by: number };

/** Damage as mail and people do it: lines lost, doubled, swapped; digits and characters changed; blanks and ends altered. */
function mutate(diff: string, { kind, at, by }: Mutation): string {
  const all = diff.split('\n');
  const number = at % all.length;
  const line = all[number] ?? '';
  const other = all[(number + 1 + by) % all.length] ?? '';
  const changed = [
    [],
    [line, line],
    [other],
    [line.replace(/\d/, String(by % 10))],
    [line.slice(0, by % (line.length + 1)) + line.slice((by % (line.length + 1)) + 1)],
    [`${line}\r`],
    [line.replace(/^[ +-]/, [' ', '+', '-', ''][by % 4] ?? '')],
    [line, other],
    [line.replace(/100644|100755|120000/, ['100644', '100755', '120000', '160000'][by % 4] ?? '')],
    [line.replace(/(?<=[ /])[a-z]+\.txt/, ['a.txt', 'gone.txt', 'dir', '../x.txt', 'link/x.txt'][by % 5] ?? '')],
  ][kind % 10];
  return all.toSpliced(number, 1, ...(changed ?? [])).join('\n');
}

test('damaged patches of every kind give the tree of git apply, or are left to git, or git refuses them, too', async () => {
  await using repo = await gitRepo();
  const base = repo.commit(START, 'Start');
  const diffs = diffsOf(repo, base);
  const rootTree = repo.git('rev-parse', `${base}^{tree}`);
  repo.git('checkout', '--quiet', '--force', base);
  const [index, copy] = [repo.beside('index'), repo.beside('copy')];
  copyFileSync(`${repo.path}/.git/index`, index);
  const objects = new Objects(`${repo.path}/.git`);

  const git = (diff: string): string | null => {
    copyFileSync(index, copy);
    // git crashes at some diffs, and leaves its lock.
    rmSync(`${copy}.lock`, { force: true });
    const settings = ['-c', 'core.protectNTFS=true', '-c', 'core.protectHFS=true'];
    const env = { GIT_INDEX_FILE: copy };
    if (
      repo.run([...settings, 'apply', '--cached', '--whitespace=nowarn', '-'], Buffer.from(diff, 'latin1'), env)
        .code !== 0
    )
      return null;
    return repo.run(['write-tree'], undefined, env).stdout.toString().trim();
  };
  const engine = async (diff: string): Promise<string> => {
    try {
      const files = readDiff(diff, 1);
      const tree = await WorkTree.load(objects, rootTree, pathsOf([files]));
      applyPatch(tree, files, { left: SEARCH_BYTES }, () => {});
      return tree.write(() => {});
    } catch (error) {
      if (error instanceof Declined) return 'declined';
      if (error instanceof Refused) return 'refused';
      if (error instanceof Misfitting) return 'misfit';
      throw error;
    }
  };
  const tally = { same: 0, declined: 0 };
  const mutation = fc.record({ kind: fc.nat(9), at: fc.nat(500), by: fc.nat(40) });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...diffs), fc.array(mutation, { maxLength: 2 }), async (diff, mutations) => {
      const damaged = mutations.reduce(mutate, diff);
      const [theirs, ours] = [git(damaged), await engine(damaged)];
      if (ours === 'misfit') assert.equal(theirs, null);
      else if (ours === 'declined') tally.declined += theirs === null ? 0 : 1;
      else if (ours !== 'refused') {
        assert.equal(ours, theirs);
        tally.same++;
      }
    }),
    { numRuns: 900 * FUZZ, ...(FUZZ === 1 ? { seed: 20240628 } : {}) },
  );
  objects.close();
  assert.ok(tally.same > 150, JSON.stringify(tally));
});
