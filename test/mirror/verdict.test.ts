import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verdictOfApply } from '../../src/mirror/verdict.ts';

const ended = (stderr: string, more: { code?: number | null; signal?: NodeJS.Signals; timedOut?: boolean } = {}) =>
  verdictOfApply(
    { code: 1, signal: null, stdout: Buffer.alloc(0), timedOut: false, stderr, ...more },
    '/data/demo.git',
  );

test("what the machine does wrong is never the patch's fault", () => {
  for (const words of [
    "fatal: Unable to create '/data/demo.git/scratch-1/index.lock': No space left on device\n",
    'fatal: unable to write new index file\n',
    'error: unable to create temporary file: Disk quota exceeded\nerror: a.c: patch does not apply\n',
    'error: failed to read a.c\nerror: a.c: patch does not apply\n',
    'fatal: loose object 1234 (stored in /data/demo.git/objects/12/34) is corrupt\n',
    "fatal: not a git repository: '/data/demo.git'\n",
    'fatal: index file corrupt\n',
  ]) {
    const verdict = ended(words);
    assert.equal(verdict.state, 'error', words);
    assert.doesNotMatch(verdict.detail, /\/data\//);
  }
  assert.equal(ended('', { code: null, signal: 'SIGKILL' }).state, 'error');
  assert.equal(ended('something new', { code: 128 }).state, 'error');
});

test('a file cannot be named so that a conflict looks like something else', () => {
  for (const name of ['unable to write x', 'No space left on device', 'failed to read y', 'x:12: patch failed'])
    assert.deepEqual(ended(`error: patch failed: ${name}:7\nerror: ${name}: patch does not apply\n`), {
      state: 'conflict',
      file: name,
      line: 7,
      detail: `error: patch failed: ${name}:7\nerror: ${name}: patch does not apply`,
    });
  assert.equal(ended('error: corrupt: does not exist in index\n').state, 'conflict');
});

test('a patch that takes too long is refused and not tried for ever', () => {
  assert.deepEqual(ended('', { code: null, signal: 'SIGKILL', timedOut: true }), {
    state: 'refused',
    detail: 'git needs too long to apply it',
  });
});
