import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { removeLeftovers } from '../../src/mirror/leftovers.ts';
import { removeStaleScratch, withScratch } from '../../src/util/scratch.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const SCRATCH = new URL('../../src/util/scratch.ts', import.meta.url).href;
const HOLDER = `const { withScratch } = await import(${JSON.stringify(SCRATCH)});
await withScratch(process.argv[1], async () => { console.log('there'); await new Promise((r) => setTimeout(r, 60_000)); });`;

const daysOld = (path: string, days: number): void => {
  const then = new Date(Date.now() - days * 86_400_000);
  utimesSync(path, then, then);
};

test('what a killed process had for a moment is removed at the next start, and what a living one has is not', async (t) => {
  const directory = tempDir(t);
  const child = spawn(process.execPath, ['--input-type=module', '-e', HOLDER, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  await removeStaleScratch(directory);
  assert.equal(readdirSync(directory).length, 1);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await withScratch(directory, async (own) => {
    await removeStaleScratch(directory);
    assert.deepEqual(readdirSync(directory), [own.slice(directory.length + 1)]);
  });
  assert.deepEqual(readdirSync(directory), []);
});

test('what another machine has in a shared directory goes after a day', async (t) => {
  const directory = tempDir(t);
  for (const name of ['patchloom-scratch-other.1-1.1-new', 'patchloom-scratch-other.1-1.1-old', 'not-ours'])
    mkdirSync(join(directory, name));
  daysOld(join(directory, 'patchloom-scratch-other.1-1.1-old'), 2);
  daysOld(join(directory, 'not-ours'), 2);
  await removeStaleScratch(directory);
  assert.deepEqual(readdirSync(directory).toSorted(), ['not-ours', 'patchloom-scratch-other.1-1.1-new']);
});

test('half-written packs and objects of a git that was killed go after a day', async (t) => {
  const directory = tempDir(t);
  for (const folder of ['objects/pack', 'objects/ab']) mkdirSync(join(directory, folder), { recursive: true });
  const files = ['pack/tmp_pack_a', 'pack/.tmp-1-pack-b.idx', 'ab/tmp_obj_c', 'pack/pack-d.pack', 'pack/tmp_pack_new'];
  for (const name of files) writeFileSync(join(directory, 'objects', name), '');
  for (const name of files.slice(0, 4)) daysOld(join(directory, 'objects', name), 2);
  await removeLeftovers(directory);
  assert.deepEqual(readdirSync(join(directory, 'objects/pack')).toSorted(), ['pack-d.pack', 'tmp_pack_new']);
  assert.deepEqual(readdirSync(join(directory, 'objects/ab')), []);
});
