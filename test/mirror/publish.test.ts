import assert from 'node:assert/strict';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openMirror } from '../../src/mirror/open.ts';
import { silentLog } from '../../src/util/log.ts';
import { type GitRepo, gitRepo } from '../helpers/git-repo.ts';
import { mirrorCase, newFileDiff, patchWith, requestFor } from './mirror-case.ts';

const request = requestFor([patchWith(newFileDiff('x'))]);

/** A mirror with a ref, and a remote that it is pushed to. */
async function published() {
  const server: GitRepo = await gitRepo();
  server.commit({ readme: 'hello\n' }, 'Other history');
  const remote = server.bare();
  const one = await mirrorCase((repo) => repo.commit({ a: '1\n' }, 'One'), { publish: [remote] });
  const { ref, tip } = await one.mirror.apply(request);
  const remoteRefs = () =>
    server.git(`--git-dir=${remote}`, 'for-each-ref', '--format=%(refname) %(objectname)', 'refs/heads/patchloom');
  return {
    ...one,
    remote,
    server,
    ref: String(ref),
    byId: one.git('for-each-ref', '--format=%(refname)', 'refs/patchloom/by-id/demo/patch@example.org/'),
    tip: String(tip),
    remoteRefs,
    [Symbol.asyncDispose]: async () => {
      await one[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

test('a ref is pushed once; again is fine', async () => {
  await using one = await published();
  await one.mirror.publish(one.ref);
  assert.equal(one.remoteRefs(), `${one.ref} ${one.tip}`);
  await one.mirror.publish(one.ref);
  assert.equal(one.remoteRefs(), `${one.ref} ${one.tip}`);
});

test('a ref that the remote has with another commit is never moved, not even forward', async () => {
  await using one = await published();
  one.server.git(`--git-dir=${one.remote}`, 'fetch', '-q', one.upstream.path, `main:${one.ref}`);
  const before = one.remoteRefs();
  await assert.rejects(one.mirror.publish(one.ref), { code: 'GIT_FAILED' });
  assert.equal(one.remoteRefs(), before);
});

test('a remote that refuses is an error with its words', async () => {
  await using one = await published();
  mkdirSync(join(one.remote, 'hooks'), { recursive: true });
  writeFileSync(join(one.remote, 'hooks', 'pre-receive'), '#!/bin/sh\necho "branch names must be blue" >&2\nexit 1\n', {
    mode: 0o755,
  });
  await assert.rejects(one.mirror.publish(one.ref), { code: 'GIT_FAILED', message: /branch names must be blue/ });
  assert.equal(one.remoteRefs(), '');
});

test('a remote that is down can be tried again later', async () => {
  await using one = await published();
  renameSync(one.remote, `${one.remote}.away`);
  await assert.rejects(one.mirror.publish(one.ref), { code: 'GIT_UNREACHABLE', retry: true });
  renameSync(`${one.remote}.away`, one.remote);
  await one.mirror.publish(one.ref);
  assert.equal(one.remoteRefs(), `${one.ref} ${one.tip}`);
});

test('a ref that is not there, or not of our making, is not pushed', async () => {
  await using one = await published();
  for (const ref of [
    `${one.ref}-9`,
    'refs/remotes/upstream/main',
    'refs/heads/main',
    '--all',
    `${one.ref} :refs/heads/main`,
  ])
    await assert.rejects(one.mirror.publish(ref), { code: 'GIT_REF_MISSING' });
  assert.equal(one.remoteRefs(), '');
});

test('without a remote nothing is pushed', async () => {
  await using one = await published();
  const mirror = await openMirror({ directory: one.directory, git: { ...one.project, publish: [] }, log: silentLog });
  await mirror.publish(one.ref);
  assert.equal(one.remoteRefs(), '');
  assert.equal(existsSync(mirror.repository), true);
});

test('a ref goes with its name by Message-ID, in one push', async () => {
  await using one = await published();
  await one.mirror.publish(one.ref);
  const list = one.server.git(
    `--git-dir=${one.remote}`,
    'for-each-ref',
    '--format=%(refname) %(objectname)',
    'refs/patchloom',
  );
  assert.equal(list, `${one.byId} ${one.tip}`);
});

test('a remote that is down does not keep the others from it, and the call says so', async () => {
  await using one = await published();
  const git = { ...one.project, publish: ['/nowhere/x.git', one.remote] };
  const mirror = await openMirror({ directory: one.directory, git, log: silentLog });
  await assert.rejects(mirror.publish(one.ref), { code: 'GIT_UNREACHABLE', message: /nowhere/ });
  assert.equal(one.remoteRefs(), `${one.ref} ${one.tip}`);
});

test('all refs of a push are taken, or none', async () => {
  await using one = await published();
  one.server.git(`--git-dir=${one.remote}`, 'update-ref', one.byId, 'refs/heads/main');
  await assert.rejects(one.mirror.publish(one.ref), { code: 'GIT_FAILED' });
  assert.equal(one.remoteRefs(), '');
});
