import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { takeSlot } from '../../src/ci/slot.ts';
import { tempDir } from '../helpers/temp-dir.ts';

test('each run has a build directory of its own, and waits while all are taken', async (t) => {
  const directory = tempDir(t);
  const first = await takeSlot(directory, 2);
  const second = await takeSlot(directory, 2);
  assert.notEqual(first.directory, second.directory);
  const third = takeSlot(directory, 2);
  await first.release();
  assert.equal((await third).directory, first.directory);
});

test('who waits is stopped by his signal', async (t) => {
  const directory = tempDir(t);
  await takeSlot(directory, 1);
  const stop = new AbortController();
  const waiting = takeSlot(directory, 1, stop.signal);
  stop.abort(new Error('enough'));
  await assert.rejects(waiting, /enough/);
});

test('the place of a dead process is free, also where its number lives on in another', async (t) => {
  const directory = tempDir(t);
  mkdirSync(join(directory, '1'));
  writeFileSync(join(directory, '1', 'lock'), `${process.pid} 1\n`);
  assert.equal((await takeSlot(directory, 1)).directory, join(directory, '1'));
});
