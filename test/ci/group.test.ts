import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { runCommand } from '../../src/ci/command.ts';
import { type Groups, groupsOfMachine, openGroups } from '../../src/ci/group.ts';
import { openPlace } from '../../src/ci/group-place.ts';
import type { Sandbox, SandboxLimits } from '../../src/ci/run.ts';
import { requires } from '../helpers/requires.ts';
import { tempDir } from '../helpers/temp-dir.ts';

// Both are legal: a machine whose control groups this process may divide, and one (most containers) where it may not. Which it is, is said.

const LIMITS: SandboxLimits = { memoryMiB: 192, processes: 32, cpus: 0.5, diskMiB: 64, logBytes: 20_000 };
const MEMORY = 'for i in 1 2 3; do (head -c 90000000 /dev/zero; sleep 60) | tail -c 90000000 & done; wait';

const groups = await groupsOfMachine();
const place = await openPlace();
const told =
  typeof groups === 'string'
    ? `the limits by rlimits and a watch are tested, control groups are SKIPPED: ${groups}`
    : `the limits by control groups are tested: ${groups.holds.join(', ')}`;
console.error(`\n*** ${told} ***\n`);
const held = typeof groups === 'string' ? { skip: groups } : {};

async function run(t: TestContext, kind: Sandbox['kind'], command: string, own: Groups | string = groups) {
  const directory = join(tempDir(t), 'build');
  await mkdir(directory);
  const common = { limits: LIMITS, ...(typeof own === 'string' ? {} : { groups: own }) };
  const sandbox: Sandbox = kind === 'none' ? { kind, ...common } : { kind, readable: [], ...common };
  return runCommand({ command, directory, sandbox, timeout: 30 });
}

/** Groups of commands that are there now. */
async function left(): Promise<readonly string[]> {
  return typeof place === 'string' ? [] : (await readdir(place.directory)).filter((name) => name.startsWith('run.'));
}

test('where control groups cannot be had it is said why, and the limit of memory holds by a watch', async (t) => {
  if (typeof groups === 'string') assert.match(groups, /^[^\n]{10,400}$/);
  const outcome = await run(t, 'none', MEMORY, 'without');
  assert.deepEqual([outcome.stopped, outcome.infrastructure], ['used more than 192 MiB of memory', null]);
});

test('the kernel is told the limits of a command as a whole', held, async (t) => {
  const files = 'memory.max memory.oom.group pids.max cpu.max';
  const where = typeof place === 'string' ? '' : place.directory;
  const command = `cd ${where}/$(sed -n 's,^0::.*/,,p' /proc/self/cgroup) && cat ${files}`;
  const outcome = await run(t, 'none', command);
  assert.equal(outcome.output, `${192 * 2 ** 20}\n1\n40\n50000 100000\n`);
  assert.deepEqual(await left(), []);
});

for (const kind of ['bubblewrap', 'none'] as const) {
  const options = kind === 'none' ? held : { ...requires('bwrap'), ...held };
  test(
    `processes that together take more memory than the limit are ended, and blamed (${kind})`,
    options,
    async (t) => {
      const outcome = await run(t, kind, MEMORY);
      assert.deepEqual([outcome.stopped, outcome.infrastructure], ['used more than 192 MiB of memory', null]);
      assert.deepEqual(await left(), []);
    },
  );

  test(`no more processes are started than the limit (${kind})`, options, async (t) => {
    const command = 'i=0; while [ $i -lt 100 ]; do sleep 60 & i=$((i+1)); echo $i; done';
    const outcome = await run(t, kind, command);
    assert.notEqual(outcome.exit, 0);
    assert.match(outcome.output, /[Cc]annot fork|Resource temporarily unavailable/);
    assert.ok(outcome.output.split('\n').filter((line) => /^\d+$/.test(line)).length <= LIMITS.processes + 8);
    assert.deepEqual(await left(), []);
  });
}

test('a daemon in a session of its own is gone with the command, also without a sandbox', held, async (t) => {
  const command = 'setsid sh -c "echo \\$\\$ >pid; sleep 300" & until [ -s pid ]; do sleep 0.01; done; cat pid';
  const outcome = await run(t, 'none', command);
  assert.equal(outcome.exit, 0);
  assert.match(outcome.output, /^\d+\n$/);
  const status = await readFile(`/proc/${outcome.output.trim()}/status`, 'utf8').catch(() => 'State: gone');
  // Dead is dead, also where nobody has asked for how it ended.
  assert.match(status, /^State:\s+(?:gone|[ZX])/m);
});

test('what a killed bot has left in its groups is ended when the next one begins', held, async () => {
  assert.ok(typeof place !== 'string' && typeof groups !== 'string');
  const gone = join(place.directory, 'run.4194303.1');
  const alive = join(place.directory, `run.${process.pid}.999`);
  await mkdir(gone);
  await mkdir(alive);
  await openGroups(place);
  assert.deepEqual([existsSync(gone), existsSync(alive)], [false, true]);
  await rmdir(alive);
});
