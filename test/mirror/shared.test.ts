import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Mirror, openMirror } from '../../src/mirror/open.ts';
import { sharedMirror } from '../../src/mirror/shared.ts';
import { silentLog } from '../../src/util/log.ts';
import { gitRepo } from '../helpers/git-repo.ts';
import { mirrorCase, newFileDiff, patchWith, requestFor } from './mirror-case.ts';

const request = requestFor([patchWith(newFileDiff('x'))]);

/** Two machines with repositories of their own that publish to one remote. */
async function twoMachines() {
  const server = await gitRepo();
  server.commit({ readme: 'hello\n' }, 'Other history');
  const remote = server.bare();
  const one = await mirrorCase((repo) => repo.commit({ a: '1\n' }, 'One'), { publish: [remote] });
  const other = await openMirror({ directory: join(one.directory, 'other'), git: one.project, log: silentLog });
  const refs = (names: string) =>
    server.git(`--git-dir=${remote}`, 'for-each-ref', '--format=%(refname) %(objectname)', names);
  return {
    ...one,
    first: sharedMirror(one.mirror, remote),
    second: sharedMirror(other, remote),
    refs,
    [Symbol.asyncDispose]: async () => {
      await other.close();
      await one[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function applied(mirror: Mirror, of = request) {
  const result = await mirror.apply(of);
  assert.equal(result.state, 'applied', result.reason);
  await mirror.publish(String(result.ref));
  return result;
}

test('a series that another machine has applied and published keeps its commits and its name', async () => {
  await using machines = await twoMachines();
  const first = await applied(machines.first);
  const before = machines.refs('refs/heads');
  await machines.second.fetch();
  assert.deepEqual(await applied(machines.second), first);
  assert.equal(machines.refs('refs/heads'), before);
});

test('a version whose name another machine has given to another base gets the next one', async () => {
  await using machines = await twoMachines();
  const first = await applied(machines.first);
  machines.upstream.commit({ b: '2\n' }, 'Two');
  await machines.second.fetch();
  const second = await applied(machines.second);
  assert.notEqual(second.tip, first.tip);
  assert.equal(second.ref, `${first.ref}-2`);
});

test('a name that was given here and never published gives way to the published one', async () => {
  await using machines = await twoMachines();
  await machines.first.apply(request);
  machines.upstream.commit({ b: '2\n' }, 'Two');
  await machines.second.fetch();
  const published = await applied(machines.second);
  await machines.first.fetch();
  assert.deepEqual(await applied(machines.first), published);
});

test('what another machine has applied can be built, published again and taken off the remote here', async () => {
  await using machines = await twoMachines();
  const { tip, ref, ...result } = await applied(machines.first);
  const tree = join(machines.directory, 'tree');
  await machines.second.checkout(String(tip), tree);
  assert.equal(readFileSync(join(tree, 'a'), 'utf8'), '1\n');
  await machines.second.publish(String(ref));
  assert.equal(await machines.second.expire({ ...result, tip, ref }), true);
  assert.equal(machines.refs('refs/heads/patchloom'), '');
});

test('a series stands on one that another machine has applied', async () => {
  await using machines = await twoMachines();
  const { tip } = await applied(machines.first);
  const above = requestFor([patchWith(newFileDiff('y'), { msgid: '<above@example.org>' })], {
    key: 'above',
    msgid: '<above@example.org>',
  });
  const others = [{ rule: 'based-on', name: '<patch@example.org>', commit: String(tip) }] as const;
  const result = await applied(machines.second, { ...above, others });
  assert.deepEqual([result.base?.rule, result.base?.commit], ['based-on', tip]);
});

test('notes of two machines stand side by side', async () => {
  await using machines = await twoMachines();
  const { tip, base } = await applied(machines.first);
  await machines.first.annotate(new Map([[String(tip), 'from the first\n']]));
  await machines.second.fetch();
  await machines.second.annotate(new Map([[String(base?.commit), 'from the second\n']]));
  const notes = 'refs/notes/patchloom/demo';
  const shown = (commit: string) =>
    machines.upstream.git(`--git-dir=${machines.second.repository}`, 'notes', `--ref=${notes}`, 'show', commit);
  assert.match(shown(String(tip)), /from the first/);
  assert.match(shown(String(base?.commit)), /from the second/);
  assert.match(machines.refs('refs/notes'), /refs\/notes\/patchloom\/demo/);
});
