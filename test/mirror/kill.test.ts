import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MirrorRequest } from '../../src/mirror/mirror.ts';
import { openMirror } from '../../src/mirror/open.ts';
import { silentLog } from '../../src/util/log.ts';
import { mirrorCase, newFileDiff, patchWith, requestFor } from './mirror-case.ts';

const KILLS = 5;
const child = resolve(import.meta.dirname, 'apply-child.ts');

function manySeries(): MirrorRequest[] {
  return Array.from({ length: 12 }, (_, number) => {
    const patches = [1, 2, 3].map((index) =>
      patchWith(newFileDiff(`dir/${number}/${index}`), { index, msgid: `<${number}-${index}@example.org>` }),
    );
    return requestFor(patches, {
      key: `series ${number}`,
      subject: number % 2 === 0 ? 'Same title' : `Title ${number}`,
    });
  });
}

/** Starts the child with all that it starts in turn, lets it work for a random moment and kills everything. */
async function killedAtRandom(directory: string, file: string): Promise<void> {
  const process_ = spawn(process.execPath, [child, directory, file], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(process_, 'close');
  await once(process_.stdout, 'data');
  await sleep(Math.random() * 600);
  const { pid } = process_;
  assert.ok(pid !== undefined);
  // The child may have finished in the meantime: then there is no such group any more.
  if (process_.exitCode === null) process.kill(-pid, 'SIGKILL');
  await ended;
  await untilGone(pid);
}

/**
 * The child is reaped before what it has started is gone: a git that waits for the disk when it is killed dies once that is done, and until then a
 * lock or a name may still appear.
 */
async function untilGone(group: number): Promise<void> {
  while (readdirSync('/proc').some((pid) => /^\d+$/.test(pid) && isAliveIn(group, pid))) await sleep(10);
}

/** Where nobody reaps them, killed processes stay as zombies: those are gone. */
function isAliveIn(group: number, pid: string): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state = '', , itsGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(itsGroup) === group && !'ZX'.includes(state);
  } catch {
    return false;
  }
}

/** As if the next start came an hour later: locks that a killed git has left are then known to be stale. */
function ageLocks(repository: string): void {
  const hourAgo = new Date(Date.now() - 3_600_000);
  const names = readdirSync(repository, { recursive: true, encoding: 'utf8' });
  for (const name of names.filter((one) => one.endsWith('.lock'))) utimesSync(join(repository, name), hourAgo, hourAgo);
}

test('killed at any moment, nothing is broken and the work is done again with the same ids', async () => {
  await using one = await mirrorCase((repo) => repo.commit({ a: '1\n' }, 'One'));
  const requests = manySeries();
  const expected = [];
  for (const request of requests) expected.push((await one.mirror.apply(request)).commits);

  const directory = join(one.directory, 'killed');
  const git = one.project;
  const first = await openMirror({ directory, git, log: silentLog });
  await first.fetch();
  const file = join(one.directory, 'work.json');
  writeFileSync(file, JSON.stringify({ git, requests }));
  for (let kill = 0; kill < KILLS; kill++) {
    await killedAtRandom(directory, file);
    ageLocks(first.repository);
    one.upstream.git(`--git-dir=${first.repository}`, 'fsck', '--strict', '--no-dangling');
  }

  const again = await openMirror({ directory, git, log: silentLog });
  const results = [];
  for (const request of requests) results.push(await again.apply(request));
  assert.deepEqual(
    results.map((result) => result.reason),
    requests.map(() => ''),
  );
  assert.deepEqual(
    results.map((result) => result.commits),
    expected,
  );
  assert.equal(new Set(results.map((result) => result.ref)).size, requests.length);
  const heads = one.upstream.git(
    `--git-dir=${first.repository}`,
    'for-each-ref',
    '--format=%(objectname)',
    'refs/heads',
  );
  assert.deepEqual(heads.split('\n').sort(), expected.map((commits) => commits.at(-1) ?? '').sort());
  one.upstream.git(`--git-dir=${first.repository}`, 'fsck', '--strict', '--no-dangling');
});
