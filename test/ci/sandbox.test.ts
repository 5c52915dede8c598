import assert from 'node:assert/strict';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { sandboxOf, sandboxProblem } from '../../src/ci/sandbox.ts';
import { requires } from '../helpers/requires.ts';
import { tempDir } from '../helpers/temp-dir.ts';

test('where bubblewrap works there is no problem', requires('bwrap'), async () => {
  assert.equal(await sandboxProblem(), null);
});

test('without bubblewrap in PATH it is said what to install', async (t) => {
  const path = process.env['PATH'];
  t.after(() => {
    process.env['PATH'] = path;
  });
  const bin = tempDir(t);
  for (const tool of ['mkfifo', 'find', 'chown']) await symlink(`/usr/bin/${tool}`, join(bin, tool));
  process.env['PATH'] = bin;
  assert.equal(await sandboxProblem(), 'bubblewrap (bwrap) is not installed: install the package bubblewrap');
});

test('the settings of a project name its sandbox', () => {
  const limits = { memoryMiB: 1, processes: 2, cpus: 1.5, diskMiB: 3, logBytes: 4 };
  const settings = { ...limits, readable: ['/opt/cross'] };
  assert.deepEqual(sandboxOf({ ...settings, sandbox: 'none' }), { kind: 'none', limits });
  assert.deepEqual(sandboxOf({ ...settings, sandbox: 'bubblewrap' }), {
    kind: 'bubblewrap',
    readable: ['/opt/cross'],
    limits,
  });
});
