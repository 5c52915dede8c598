import assert from 'node:assert/strict';
import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { openMirror } from '../../src/mirror/open.ts';
import { silentLog } from '../../src/util/log.ts';
import { gitRepo } from '../helpers/git-repo.ts';
import { mirrorCase, newFileDiff, patchWith, requestFor } from './mirror-case.ts';

const start = () => mirrorCase((repo) => repo.commit({ a: '1\n' }, 'One'));

test('upstream branches stand under refs/remotes/upstream and follow every move', async () => {
  await using one = await start();
  const { mirror, upstream } = one;
  const refs = () => one.git('for-each-ref', '--format=%(refname) %(objectname)').split('\n');
  const first = upstream.git('rev-parse', 'HEAD');
  assert.deepEqual(refs(), [`refs/remotes/upstream/main ${first}`]);
  upstream.git('branch', 'topic');
  const second = upstream.commit({ a: '2\n' }, 'Two');
  await mirror.fetch();
  assert.deepEqual(refs(), [`refs/remotes/upstream/main ${second}`, `refs/remotes/upstream/topic ${first}`]);
  upstream.git('branch', '-D', 'topic');
  upstream.git('reset', '-q', '--hard', first);
  await mirror.fetch();
  assert.deepEqual(refs(), [`refs/remotes/upstream/main ${first}`]);
});

test('the repository borrows nothing from a local upstream and has no work tree', async () => {
  await using one = await start();
  assert.equal(existsSync(join(one.mirror.repository, 'objects', 'info', 'alternates')), false);
  assert.equal(one.git('rev-parse', '--is-bare-repository'), 'true');
  one.git('fsck', '--strict');
});

test('an upstream by URL works as one by path', async () => {
  await using upstream = await gitRepo();
  const head = upstream.commit({ a: '1\n' }, 'One');
  await using one = await mirrorCase((repo) => repo.commit({ b: '1\n' }, 'Other'), {
    upstream: `file://${upstream.bare()}`,
  });
  assert.equal(one.git('rev-parse', 'refs/remotes/upstream/main'), head);
});

test('calls while one is under way share the next run, because that one may have missed what they want', async () => {
  await using one = await start();
  const first = one.mirror.fetch();
  const second = one.mirror.fetch();
  assert.notEqual(first, second);
  assert.equal(second, one.mirror.fetch());
  await Promise.all([first, second]);
});

test("a fetch removes the lock of a ref that a killed git has left, once it is old enough to be nobody's", async () => {
  await using one = await start();
  const locks = ['old', 'young'].map((name) => join(one.mirror.repository, 'refs', 'heads', `${name}.lock`));
  mkdirSync(join(one.mirror.repository, 'refs', 'heads'), { recursive: true });
  for (const lock of locks) writeFileSync(lock, '');
  const hourAgo = new Date(Date.now() - 3_600_000);
  utimesSync(locks[0] ?? '', hourAgo, hourAgo);
  await one.mirror.fetch();
  assert.deepEqual(
    locks.map((lock) => existsSync(lock)),
    [false, true],
  );
});

test('a repository that is not there is one clear error that can be tried again', async () => {
  await using one = await start();
  const open = async (upstream: string) => {
    const directory = join(one.directory, 'other');
    return openMirror({ directory, git: { ...one.project, upstream }, log: silentLog });
  };
  const empty = join(one.directory, 'empty');
  mkdirSync(empty);
  await assert.rejects((await open('/nowhere/x.git')).fetch(), {
    code: 'GIT_UNREACHABLE',
    message: 'cannot copy /nowhere/x.git: there is no such directory',
  });
  await assert.rejects((await open(empty)).fetch(), { code: 'GIT_UNREACHABLE' });
  await assert.rejects((await open('file:///nowhere/x.git')).fetch(), { code: 'GIT_UNREACHABLE' });
  await assert.rejects((await open('ext::sh -c id')).fetch(), { code: 'GIT_UNREACHABLE', message: /not allowed/ });
});

test('a server that says no is named without the password of its URL', async () => {
  await using one = await start();
  const server = createServer((_, answer) => answer.writeHead(403).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const upstream = `http://user:s3cret@127.0.0.1:${port}/x.git`;
  const mirror = await openMirror({
    directory: join(one.directory, 'http'),
    git: { ...one.project, upstream },
    log: silentLog,
  });
  await assert.rejects(mirror.fetch(), (error: Error & { code: string }) => {
    assert.equal(error.code, 'GIT_UNREACHABLE');
    assert.match(error.message, /^cannot fetch from http:\/\/127\.0\.0\.1:\d+\/x\.git: unable to access .* 403/);
    assert.doesNotMatch(error.message, /s3cret|user/);
    return true;
  });
  server.close();
});

test('a default branch that is not there is said with the branches that are', async () => {
  await using one = await start();
  const git = { ...one.project, project: 'other', branch: 'staging' };
  const mirror = await openMirror({ directory: one.directory, git, log: silentLog });
  await assert.rejects(mirror.fetch(), {
    code: 'GIT_REF_MISSING',
    message: 'there is no branch staging in the upstream repository; it has main',
  });
  const result = await mirror.apply(requestFor([patchWith(newFileDiff('x'))]));
  assert.equal(result.state, 'error');
  assert.match(result.reason, /no branch or commit "staging"/);
});

test('a project name that would break a ref name is refused', async () => {
  await using one = await start();
  for (const project of ['', '..', 'a/b', 'a..b', 'a b', '-x', 'x.lock', 'a\n'])
    await assert.rejects(openMirror({ directory: one.directory, git: { ...one.project, project }, log: silentLog }), {
      code: 'CONFIG_INVALID',
    });
});

test('hooks and settings of the machine have no part in it', async () => {
  await using one = await start();
  const { mirror, upstream } = one;
  const hook = join(mirror.repository, 'hooks', 'reference-transaction');
  const { mkdir, writeFile } = await import('node:fs/promises');
  await mkdir(join(mirror.repository, 'hooks'), { recursive: true });
  await writeFile(hook, '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  upstream.commit({ a: '2\n' }, 'Two');
  await mirror.fetch();
  assert.equal((await mirror.apply(requestFor([patchWith(newFileDiff('x'))]))).state, 'applied');
});

test('after close every call fails', async () => {
  await using one = await start();
  const work = one.mirror.apply(requestFor([patchWith(newFileDiff('x'))]));
  await one.mirror.close();
  assert.equal((await work).state, 'applied');
  await assert.rejects(one.mirror.fetch(), { code: 'INTERNAL' });
});
