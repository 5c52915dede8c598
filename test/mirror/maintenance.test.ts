import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeObject } from '../../src/mirror/engine/object.ts';
import { writeObjects } from '../../src/mirror/pack-file.ts';
import { mirrorCase, newFileDiff, patchWith, requestFor } from './mirror-case.ts';

const start = () => mirrorCase((repo) => repo.commit({ a: '1\n', b: '2\n' }, 'One'));
const request = requestFor([patchWith(newFileDiff('x'))]);

test('many small packs become few, and nothing is lost', async () => {
  await using one = await start();
  const { mirror } = one;
  const result = await mirror.apply(request);
  const blobs = Array.from({ length: 60 }, (_, at) => makeObject('blob', `blob ${at}`));
  for (const blob of blobs) await writeObjects(mirror.repository, [blob]);
  await mirror.fetch();
  const packs = readdirSync(join(mirror.repository, 'objects', 'pack')).filter((name) => name.endsWith('.pack'));
  assert.ok(packs.length < 10, `${packs.length} packs`);
  for (const blob of blobs) assert.equal(one.git('cat-file', '-t', blob.id), 'blob');
  assert.deepEqual(await mirror.apply(request), result);
});

test('a repository that has lost objects is made afresh at the next fetch, and the work is done again', async () => {
  await using one = await start();
  const { mirror } = one;
  const before = await mirror.apply(request);
  rmSync(join(mirror.repository, 'objects'), { recursive: true });
  const other = requestFor(
    [patchWith('diff --git a/b b/b\n--- a/b\n+++ b/b\n@@ -1 +1 @@\n-2\n+3\n', { msgid: '<other@x>' })],
    { subject: 'Other' },
  );
  assert.equal((await mirror.apply(other)).state, 'error');
  await mirror.fetch();
  assert.equal((await mirror.apply(other)).state, 'applied');
  assert.deepEqual(await mirror.apply(request), before);
  assert.equal(readdirSync(one.directory).filter((name) => name.includes('.damaged-')).length, 1);
  one.git('fsck', '--strict');
});

test('above the disk budget nothing more is fetched or mirrored, and the sizes are told', async () => {
  await using one = await mirrorCase((repo) => repo.commit({ a: '1\n', b: '2\n' }, 'One'), { disk: 1 << 20 });
  const big = makeObject('blob', randomBytes(3 << 19));
  await writeObjects(one.mirror.repository, [big]);
  one.git('update-ref', 'refs/keep', big.id);
  await assert.rejects(one.mirror.fetch(), {
    code: 'DISK_BUDGET',
    message: 'the repository of demo takes 2 MiB, and git.disk allows 1 MiB: nothing more is mirrored',
  });
  assert.equal(one.git('cat-file', '-t', big.id), 'blob', 'what a ref leads to is never thrown away');
});

test('what no ref leads to makes room, unless it is so young that it may be in use', async () => {
  await using one = await mirrorCase((repo) => repo.commit({ a: '1\n', b: '2\n' }, 'One'), { disk: 1 << 20 });
  const { mirror } = one;
  const applied = await mirror.apply(request);
  const [old, young] = [makeObject('blob', randomBytes(3 << 19)), makeObject('blob', randomBytes(1000))];
  await writeObjects(mirror.repository, [old]);
  const packs = join(mirror.repository, 'objects', 'pack');
  for (const name of readdirSync(packs)) utimesSync(join(packs, name), 0, 0);
  await writeObjects(mirror.repository, [young]);
  await mirror.fetch();
  assert.equal(one.git('cat-file', '-t', young.id), 'blob');
  assert.throws(() => one.git('cat-file', '-t', old.id));
  assert.deepEqual(await mirror.apply(request), applied);
});
