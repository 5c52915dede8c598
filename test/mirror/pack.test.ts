import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { deltaOfEdits, deltaOfIds } from '../../src/mirror/engine/delta.ts';
import { makeObject } from '../../src/mirror/engine/object.ts';
import { writeObjects } from '../../src/mirror/pack-file.ts';
import { gitRepo } from '../helpers/git-repo.ts';

const text = (count: number) => Array.from({ length: count }, (_, at) => `line ${at * 7919}\n`).join('');

test('git reads every object of a pack, and the index is the one that git makes', async () => {
  await using repo = await gitRepo();
  repo.commit({ a: '1\n' }, 'One');
  const before = text(20_000);
  const edits = [
    { start: 0, end: 0, post: 'first\n' },
    { start: 200_000, end: 200_010, post: 'x'.repeat(300) },
  ];
  const after = `first\n${before.slice(0, 200_000)}${'x'.repeat(300)}${before.slice(200_010)}`;
  const old = makeObject('blob', before);
  const objects = [
    old,
    makeObject('blob', after, { from: old.id, ops: deltaOfEdits(before, after, edits) }),
    ...['', 'a', 'b'.repeat(255), 'c'.repeat(256), 'd'.repeat(1023), text(50)].map((content) =>
      makeObject('blob', content),
    ),
    makeObject('blob', 'twice'),
    makeObject('blob', 'twice'),
    makeObject('blob', 'alone', { from: '0'.repeat(40), ops: Buffer.from([1]) }),
  ];
  const directory = join(repo.path, '.git');
  await writeObjects(directory, objects);
  for (const object of objects)
    assert.deepEqual(repo.run(['cat-file', object.type, object.id]).stdout.equals(object.data), true);
  const packs = join(directory, 'objects', 'pack');
  const name = readdirSync(packs).find((one) => one.endsWith('.pack')) ?? '';
  const listed = repo.git('verify-pack', '-v', join(packs, name));
  assert.match(listed, new RegExp(`^${objects[1]?.id} blob +\\d+ \\d+ \\d+ 1 ${old.id}$`, 'm'));
  const other = repo.beside('other.idx');
  repo.git('index-pack', '-o', other, join(packs, name));
  assert.equal(repo.run(['diff', '--no-index', '--quiet', other, join(packs, name.replace('.pack', '.idx'))]).code, 0);
});

test('a delta of ids tells one tree from another', async () => {
  await using repo = await gitRepo();
  const entry = (name: string, byte: number) =>
    Buffer.concat([Buffer.from(`100644 ${name}\0`), Buffer.alloc(20, byte)]);
  const trees = [1, 2].map((byte) =>
    Buffer.concat([entry('a', 1), entry('b', byte), entry('c', 3), entry('d', byte * 5)]),
  );
  const [before = Buffer.alloc(0), after = Buffer.alloc(0)] = trees;
  const old = makeObject('tree', before);
  const objects = [old, makeObject('tree', after, { from: old.id, ops: deltaOfIds(before, after) })];
  await writeObjects(join(repo.path, '.git'), objects);
  assert.equal(repo.run(['cat-file', 'tree', objects[1]?.id ?? '']).stdout.equals(after), true);
});

test('writing the same objects again does nothing, and what a killed process has left is in no way', async () => {
  await using repo = await gitRepo();
  const directory = join(repo.path, '.git');
  const objects = [makeObject('blob', 'hello')];
  const packs = join(directory, 'objects', 'pack');
  await writeObjects(directory, objects);
  const names = readdirSync(packs).sort();
  await writeObjects(directory, objects);
  assert.deepEqual(readdirSync(packs).sort(), names);
  const other = [makeObject('blob', 'other')];
  writeFileSync(join(packs, 'tmp_1_pack-killed.pack'), 'half');
  await writeObjects(directory, other);
  repo.git('fsck', '--strict');
});
