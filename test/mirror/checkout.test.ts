import assert from 'node:assert/strict';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { mirrorCase } from './mirror-case.ts';

async function twoCommits() {
  const ids: string[] = [];
  const one = await mirrorCase((repo) => {
    ids.push(
      repo.commit(
        { same: 's\n', 'dir/old': 'o\n', 'dir/both': '1\n', run: { run: '#!/bin/sh\n' }, link: { link: 'same' } },
        'One',
      ),
    );
    ids.push(repo.commit({ 'dir/old': null, 'dir/both': '2\n', 'new/file': 'n\n' }, 'Two'));
  });
  const [first = '', second = ''] = ids;
  const directory = join(one.directory, 'build', 'tree');
  return { ...one, first, second, directory, read: (name: string) => readFileSync(join(directory, name), 'utf8') };
}

const list = (directory: string) => readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();

test('a checkout holds the files of the commit and no .git', async () => {
  await using one = await twoCommits();
  await one.mirror.checkout(one.first, one.directory);
  assert.deepEqual(list(one.directory), ['dir', 'dir/both', 'dir/old', 'link', 'run', 'same']);
  assert.equal(one.read('link'), 's\n');
  assert.equal(lstatSync(join(one.directory, 'link')).isSymbolicLink(), true);
  assert.equal(statSync(join(one.directory, 'run')).mode & 0o111, 0o111);
});

test('another commit changes only what differs and leaves build products', async () => {
  await using one = await twoCommits();
  await one.mirror.checkout(one.first, one.directory);
  const product = join(one.directory, 'dir', 'both.o');
  writeFileSync(product, 'object\n');
  const then = new Date('2020-01-01T00:00:00Z');
  utimesSync(join(one.directory, 'dir', 'both.o'), then, then);
  const before = statSync(join(one.directory, 'same'));
  await one.mirror.checkout(one.second, one.directory);
  assert.deepEqual(list(one.directory), ['dir', 'dir/both', 'dir/both.o', 'link', 'new', 'new/file', 'run', 'same']);
  assert.equal(one.read('dir/both'), '2\n');
  assert.equal(statSync(product).mtimeMs, then.getTime());
  const after = statSync(join(one.directory, 'same'));
  assert.deepEqual([after.ino, after.mtimeMs], [before.ino, before.mtimeMs]);
  await one.mirror.checkout(one.first, one.directory);
  assert.equal(one.read('dir/old'), 'o\n');
  assert.equal(existsSync(join(one.directory, 'new')), false);
});

test('tracked files that a build has changed or removed are put right', async () => {
  await using one = await twoCommits();
  await one.mirror.checkout(one.first, one.directory);
  writeFileSync(join(one.directory, 'same'), 'changed by the build\n');
  rmSync(join(one.directory, 'dir'), { recursive: true });
  await one.mirror.checkout(one.first, one.directory);
  assert.equal(one.read('same'), 's\n');
  assert.equal(one.read('dir/old'), 'o\n');
});

test('links that a build has put in the way are never followed', async () => {
  await using one = await twoCommits();
  const outside = join(one.directory, '..', '..', 'outside');
  mkdirSync(outside);
  writeFileSync(join(outside, 'both'), 'mine\n');
  writeFileSync(join(outside, 'old'), 'mine\n');
  await one.mirror.checkout(one.first, one.directory);
  rmSync(join(one.directory, 'dir'), { recursive: true });
  symlinkSync(outside, join(one.directory, 'dir'));
  symlinkSync(outside, join(one.directory, 'new'));
  rmSync(join(one.directory, 'same'));
  symlinkSync(join(outside, 'both'), join(one.directory, 'same'));
  await one.mirror.checkout(one.second, one.directory);
  assert.deepEqual(list(outside), ['both', 'old']);
  assert.equal(readFileSync(join(outside, 'both'), 'utf8'), 'mine\n');
  assert.equal(one.read('dir/both'), '2\n');
  assert.equal(one.read('new/file'), 'n\n');
  assert.equal(one.read('same'), 's\n');
});

test('a run that was cut short starts afresh', async () => {
  await using one = await twoCommits();
  await one.mirror.checkout(one.first, one.directory);
  writeFileSync(`${one.directory}.unfinished`, one.first);
  writeFileSync(`${one.directory}.index.lock`, '');
  writeFileSync(join(one.directory, 'stale'), '');
  await one.mirror.checkout(one.second, one.directory);
  assert.deepEqual(list(one.directory), ['dir', 'dir/both', 'link', 'new', 'new/file', 'run', 'same']);
});

test("somebody else's directory is not touched", async () => {
  await using one = await twoCommits();
  mkdirSync(one.directory, { recursive: true });
  writeFileSync(join(one.directory, 'same'), 'precious\n');
  await assert.rejects(one.mirror.checkout(one.first, one.directory), {
    code: 'GIT_FAILED',
    message: /not from a checkout/,
  });
  assert.equal(one.read('same'), 'precious\n');
});

test('what is no commit is said', async () => {
  await using one = await twoCommits();
  for (const commit of ['main', '--help', 'f'.repeat(40)])
    await assert.rejects(one.mirror.checkout(commit, one.directory), { code: 'GIT_REF_MISSING' });
  assert.equal(existsSync(one.directory), false);
});

test('a file whose state changed and not its content is not written anew, so that make does not build it again', async () => {
  await using one = await twoCommits();
  await one.mirror.checkout(one.first, one.directory);
  const file = join(one.directory, 'same');
  // As after a change of owner, git must look into it.
  utimesSync(file, 1_000_000_000, 1_000_000_000);
  await one.mirror.checkout(one.second, one.directory);
  assert.equal(statSync(file).mtimeMs, 1_000_000_000_000);
});
