import assert from 'node:assert/strict';
import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openMirror } from '../../src/mirror/open.ts';
import { silentLog } from '../../src/util/log.ts';
import { mirrorCase, newFileDiff, patchWith, requestFor } from './mirror-case.ts';

const text = Array.from({ length: 5000 }, (_, at) => `line ${at * 7919}\n`).join('');

test('a second project of the same family keeps only what the first one lacks, and works as if it had all', async () => {
  await using one = await mirrorCase((repo) => repo.commit({ a: text }, 'One'), { lends: true });
  one.upstream.git('checkout', '-q', '-b', 'stable');
  const tip = one.upstream.commit({ b: 'only in stable\n' }, 'Stable');
  // By URL, as path would link what is there.
  const upstream = `file://${one.upstream.bare()}`;
  const settings = { ...one.project, project: 'stable', upstream, branch: 'stable', borrow: 'demo', lends: false };
  const open = (directory: string) => openMirror({ directory, git: settings, log: silentLog });
  const mirror = await open(one.directory);
  await mirror.fetch();
  const git = (...args: string[]) => one.upstream.git(`--git-dir=${mirror.repository}`, ...args);
  assert.equal(git('rev-parse', 'refs/remotes/upstream/stable'), tip);
  const objects = () => [...git('count-objects', '-v').matchAll(/^(?:count|in-pack): (\d+)$/gm)];
  assert.equal(
    objects().reduce((sum, [, count]) => sum + Number(count), 0),
    3,
    'commit, tree and file of the other branch',
  );
  const result = await mirror.apply(requestFor([patchWith(newFileDiff('c'))], { project: 'stable' }));
  assert.equal(result.state, 'applied', result.reason);
  git('fsck', '--strict');
  await mirror.close();

  assert.equal(readFileSync(join(mirror.repository, 'objects/info/alternates'), 'utf8'), '../../demo.git/objects\n');
  const moved = `${one.directory}-moved`;
  await one.mirror.close();
  renameSync(one.directory, moved);
  const again = await open(moved);
  const repeated = await again.apply(requestFor([patchWith(newFileDiff('c'))], { project: 'stable' }));
  assert.deepEqual(repeated, result, 'the data directory may move as a whole');
  await again.close();
});

test('a lender that is not there is no obstacle', async () => {
  await using one = await mirrorCase((repo) => repo.commit({ a: text }, 'One'), { borrow: 'nobody' });
  assert.equal((await one.mirror.apply(requestFor([patchWith(newFileDiff('c'))]))).state, 'applied');
});
