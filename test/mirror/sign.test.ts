import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { exec } from '../../src/util/exec.ts';
import { requires } from '../helpers/requires.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { mirrorCase, newFileDiff, patchWith, requestFor } from './mirror-case.ts';

const needs = requires('ssh-keygen');

async function keyFor(t: TestContext, type: string): Promise<string> {
  const key = join(tempDir(t), 'key');
  const made = await exec('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', key]);
  assert.equal(made.code, 0, made.stderr);
  return key;
}

const start = (sign: string) => mirrorCase((repo) => repo.commit({ a: 'one\n' }, 'One'), { sign });
const patches = [patchWith(newFileDiff('b')), patchWith(newFileDiff('c'), { index: 2, msgid: '<2@x>' })];

test('each commit is signed as git signs it, and the ids are the same each time', needs, async (t) => {
  const key = await keyFor(t, 'ed25519');
  await using one = await start(key);
  const result = await one.mirror.apply(requestFor(patches));
  assert.equal(result.state, 'applied', result.reason);
  const signers = join(tempDir(t), 'signers');
  writeFileSync(signers, `bot@example.org ${readFileSync(`${key}.pub`, 'utf8')}`);
  for (const commit of result.commits)
    one.git('-c', 'gpg.format=ssh', '-c', `gpg.ssh.allowedSignersFile=${signers}`, 'verify-commit', commit);
  assert.equal(one.git('rev-parse', `${result.tip}^`), result.commits[0]);
  one.git('fsck', '--strict');

  await using other = await start(key);
  assert.deepEqual((await other.mirror.apply(requestFor(patches))).commits, result.commits);
  assert.deepEqual(await one.mirror.apply(requestFor(patches)), result);
  assert.equal(await one.mirror.acked(requestFor(patches), result), null, 'the messages are as they were');
});

test('what git am would make is still what signed commits are compared with', needs, async (t) => {
  process.env['PATCHLOOM_VERIFY'] = '1';
  t.after(() => delete process.env['PATCHLOOM_VERIFY']);
  await using one = await start(await keyFor(t, 'rsa'));
  const { state, step } = await one.mirror.apply(requestFor(patches));
  assert.deepEqual([state, step], ['applied', 'engine']);
});

test('without a usable key nothing is published, and the reason says so', needs, async (t) => {
  for (const [key, words] of [
    ['/nowhere/key', /commits cannot be signed with \/nowhere\/key: .*No such file/],
    [await keyFor(t, 'ecdsa'), /signatures of a ecdsa-sha2-nistp256 key are never the same twice/],
  ] as const) {
    await using one = await start(key);
    const { state, ref, reason } = await one.mirror.apply(requestFor(patches));
    assert.deepEqual([state, ref], ['error', null]);
    assert.match(reason, words);
    assert.equal(one.git('for-each-ref', 'refs/heads/'), '');
  }
});
