import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import { openMirror } from '../../src/mirror/open.ts';
import { silentLog } from '../../src/util/log.ts';
import { gitRepo } from '../helpers/git-repo.ts';
import { mirrorCase, newFileDiff, patchWith, requestFor } from './mirror-case.ts';

const request = requestFor([patchWith(newFileDiff('x'))]);
const tagged = requestFor([
  patchWith(newFileDiff('x'), { message: 'Change something\n\nAcked-by: Bo <bo@example.org>\n' }),
]);

/** A published series with a branch of later tags, and the remote that has both. */
async function published() {
  const server = await gitRepo();
  server.commit({ readme: 'hello\n' }, 'Other history');
  const remote = server.bare();
  const one = await mirrorCase((repo) => repo.commit({ a: '1\n' }, 'One'), { publish: [remote] });
  const applied = await one.mirror.apply(request);
  await one.mirror.publish(String(applied.ref));
  const acked = await one.mirror.acked(tagged, applied);
  await one.mirror.publish(String(acked?.ref));
  const onRemote = () => server.git(`--git-dir=${remote}`, 'for-each-ref', '--format=%(refname)').split('\n');
  return {
    ...one,
    remote,
    server,
    applied,
    acked,
    onRemote,
    [Symbol.asyncDispose]: async () => {
      await one[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

test('refs that expire leave the remote, and come back with the same commits', async () => {
  await using one = await published();
  const before = one.onRemote();
  assert.equal(before.length, 4);
  assert.equal(await one.mirror.expire(one.applied), true);
  assert.deepEqual(one.onRemote(), ['refs/heads/main']);
  assert.equal(await one.mirror.expire(one.applied), true, 'again is fine');
  const again = await one.mirror.apply(tagged);
  assert.equal(again.tip, one.applied.tip);
  await one.mirror.publish(String(again.ref));
  assert.deepEqual(
    one.onRemote(),
    before.filter((name) => !name.endsWith('-acked')),
  );
});

test('where the repository is lost, the bundle gives the commits that were published, not those of today', async () => {
  await using one = await published();
  await one.mirror.expire(one.applied);
  await one.mirror.close();
  rmSync(one.mirror.repository, { recursive: true });
  const mirror = await openMirror({ directory: one.directory, git: one.project, log: silentLog });
  await mirror.fetch();
  const again = await mirror.apply(tagged);
  assert.deepEqual([again.ref, again.tip], [one.applied.ref, one.applied.tip]);
  assert.equal(one.git('rev-parse', String(one.acked?.ref)), one.acked?.tip);
  one.git('fsck', '--strict', '--connectivity-only');
  await mirror.close();
});

test('a ref that the remote has with another commit is not ours to take away', async () => {
  await using one = await published();
  one.server.git(`--git-dir=${one.remote}`, 'update-ref', String(one.applied.ref), 'refs/heads/main');
  await one.mirror.expire(one.applied);
  assert.deepEqual(one.onRemote(), ['refs/heads/main', one.applied.ref]);
});

test('without commits to keep nothing is taken away', async () => {
  await using one = await published();
  one.git('update-ref', '-d', String(one.applied.ref));
  assert.equal(await one.mirror.expire(one.applied), false);
  assert.equal(one.onRemote().length, 4);
});
