import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { runCommand } from '../../src/ci/command.ts';
import type { Sandbox } from '../../src/ci/run.ts';
import { exec } from '../../src/util/exec.ts';
import { requires } from '../helpers/requires.ts';
import { tempDir } from '../helpers/temp-dir.ts';

// What test/ci/command.test.ts shows of each limit, from the side of one who wants out.

const LIMITS = { memoryMiB: 512, processes: 64, diskMiB: 64, logBytes: 20_000 };
const SANDBOX: Sandbox = { kind: 'bubblewrap', readable: [], limits: LIMITS };
const needs = requires('bwrap');

async function attack(t: TestContext, command: string, timeout = 30) {
  const parent = tempDir(t);
  const directory = join(parent, 'build');
  await mkdir(directory);
  return {
    ...(await runCommand({ command: `set +e; ${command}`, directory, sandbox: SANDBOX, timeout })),
    parent,
    directory,
  };
}

test("neither keys nor the bot's store can be read, by name, by link or through /proc", needs, async (t) => {
  const data = tempDir(t);
  await writeFile(join(data, 'patchloom.db'), 'hunter2');
  const command = `for f in ${homedir()}/.ssh ${data}/patchloom.db /proc/1/root${data} /proc/self/root${data} /proc/1/cwd/..${data} /etc/shadow; do
      cat $f/* $f 2>/dev/null; ln -s $f link; cat link link/* 2>/dev/null; rm link; done; ls / ; true`;
  const outcome = await attack(t, command);
  assert.equal(outcome.exit, 0);
  assert.doesNotMatch(outcome.output, /hunter2|PRIVATE|root:.*:\d+:/);
  assert.deepEqual(
    outcome.output
      .trim()
      .split('\n')
      .filter((name) => /^(?:home|root|var|srv|opt|mnt|work)$/.test(name)),
    [],
  );
});

test('a socket of this machine cannot be reached, by address, by name or as a file', needs, async (t) => {
  let knocked = 0;
  const server = createServer((socket) => {
    knocked++;
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  await once(connect(Number(port), '127.0.0.1'), 'close');
  assert.equal(knocked, 1, 'from outside it answers');
  const outcome = await attack(
    t,
    `bash -c 'for h in 127.0.0.1 localhost ::1; do echo x > /dev/tcp/$h/${port}; done'; ls /run /var/run /tmp; true`,
  );
  assert.equal(knocked, 1);
  assert.doesNotMatch(outcome.output, /\.sock|docker|dbus/);
});

test('killing by process id ends nothing but the attacker itself', needs, async (t) => {
  const neighbour = spawn('sleep', ['60']);
  t.after(() => neighbour.kill('SIGKILL'));
  await once(neighbour, 'spawn');
  const outcome = await attack(
    t,
    `trap '' TERM; kill -9 ${neighbour.pid} ${process.pid} ${process.ppid} 2>/dev/null; for p in $(seq 2 400); do kill -9 $p 2>/dev/null; done; kill -9 -1; sleep 30`,
    20,
  );
  assert.equal(outcome.infrastructure, null);
  assert.notEqual(outcome.exit, 0);
  assert.equal(neighbour.exitCode, null);
  assert.equal(neighbour.signalCode, null);
});

test('output without end is cut, keeps no memory, and the bot goes on working meanwhile', needs, async (t) => {
  const before = process.memoryUsage.rss();
  const running = attack(t, 'cat /dev/zero', 4);
  const others = [];
  for (let number = 0; number < 5; number++) others.push((await exec('true', [])).code);
  const outcome = await running;
  assert.deepEqual(others, [0, 0, 0, 0, 0]);
  assert.equal(outcome.timedOut, true);
  assert.equal(outcome.truncated, true);
  assert.ok(outcome.output.length < LIMITS.logBytes + 200);
  assert.ok(process.memoryUsage.rss() - before < 150 * 2 ** 20, 'memory does not grow with the output');
});

test('a job cannot say that it passed, nor speak for another: what counts is told outside of it', needs, async (t) => {
  const lie = '{ "exit-code": 0 }';
  const command = `for fd in 3 4 5 6 7 8 9; do echo '${lie}' >/proc/self/fd/$fd; echo '${lie}' >/proc/1/fd/$fd; echo '${lie}' >/proc/$PPID/fd/$fd; done 2>/dev/null
    echo '${lie}'; mkdir -p ../logs /logs 2>/dev/null; echo fake > ../2-job.log; exit 7`;
  const outcome = await attack(t, command);
  assert.equal(outcome.exit, 7);
  assert.deepEqual(await readdir(outcome.parent), ['build']);
});

test('a way out by moving the build directory itself does not lead anywhere', needs, async (t) => {
  const outcome = await attack(
    t,
    'cd /; mv build away; rm -rf /build; ln -s / /build/x; mount --bind / /build; chroot /proc/1/root; mknod /build/sda b 8 0; true',
  );
  assert.equal(existsSync(outcome.directory), true);
  assert.deepEqual(await readdir(outcome.parent), ['build']);
  const nodes = (await readdir(outcome.directory, { withFileTypes: true })).filter((entry) => entry.isBlockDevice());
  assert.deepEqual(nodes, []);
});
