import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type CommandRequest, runCommand } from '../../src/ci/command.ts';
import type { RunOutcome, Sandbox, SandboxLimits } from '../../src/ci/run.ts';
import { requires } from '../helpers/requires.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const LIMITS: SandboxLimits = { memoryMiB: 512, processes: 64, diskMiB: 64, logBytes: 20_000 };
const BWRAP: Sandbox = { kind: 'bubblewrap', readable: [], limits: LIMITS };
const NONE: Sandbox = { kind: 'none', limits: LIMITS };
const RUN_COMMAND = fileURLToPath(new URL('../fixtures/ci/run-command.ts', import.meta.url));
const KINDS = [
  { name: 'in the sandbox', sandbox: BWRAP, options: requires('bwrap') },
  { name: 'without a sandbox', sandbox: NONE, options: {} },
];

/** Runs in `build` below a new private directory, so that there is a directory above to be kept out of. */
async function run(t: TestContext, command: string, options: Partial<CommandRequest> = {}) {
  const parent = options.directory === undefined ? tempDir(t) : join(options.directory, '..');
  const directory = join(parent, 'build');
  await mkdir(directory, { recursive: true });
  const outcome = await runCommand({ command, directory, sandbox: BWRAP, timeout: 30, ...options });
  return { ...outcome, directory, parent };
}

for (const { name, sandbox, options } of KINDS) {
  test(`a command that passes has exit 0 and its output in the order written, ${name}`, options, async (t) => {
    const outcome = await run(t, 'echo one; echo two >&2; echo three | tee /dev/stderr; pwd', { sandbox });
    assert.equal(outcome.infrastructure, null);
    assert.equal(outcome.exit, 0);
    const where = sandbox.kind === 'none' ? outcome.directory : '/build';
    assert.equal(outcome.output, `one\ntwo\nthree\nthree\n${where}\n`);
  });

  test(`a failing command has its exit code, and the shell stops at the first failure, ${name}`, options, async (t) => {
    const outcome = await run(t, 'sh -c "exit 7"; echo not reached', { sandbox });
    assert.deepEqual([outcome.exit, outcome.output, outcome.infrastructure], [7, '', null]);
    assert.equal((await run(t, 'exit 1', { sandbox })).exit, 1);
    assert.equal((await run(t, 'exit 250', { sandbox })).exit, 250);
  });

  test(`a command that does not end in time is killed with all that it has started, ${name}`, options, async (t) => {
    const token = newToken();
    const outcome = await run(t, `sleep ${token} & sleep ${token}`, { sandbox, timeout: 1 });
    assert.deepEqual([outcome.timedOut, outcome.exit, outcome.infrastructure], [true, null, null]);
    assert.equal(processesWith(token).length, 0);
  });

  test(`an abort ends the command and is no result, ${name}`, options, async (t) => {
    const abort = new AbortController();
    const token = newToken();
    let alive = 0;
    const onOutput = () => {
      alive = processesWith(token).length;
      abort.abort();
    };
    const outcome = await run(t, `sleep ${token} & echo started; sleep ${token}`, {
      sandbox,
      signal: abort.signal,
      onOutput,
    });
    assert.equal(outcome.infrastructure, 'stopped before it ended');
    assert.ok(alive > 0, 'it did run');
    assert.equal(processesWith(token).length, 0);
    const again = await run(t, 'echo never', { sandbox, signal: abort.signal });
    assert.deepEqual([again.infrastructure, again.output], ['stopped before it began', '']);
  });

  test(`of 100 MB of output the first and the last half of the limit are kept, ${name}`, options, async (t) => {
    let seen = 0;
    const command = 'echo FIRST; head -c 100000000 /dev/zero | tr "\\0" x; echo; echo LAST';
    const outcome = await run(t, command, {
      sandbox,
      onOutput: (chunk) => {
        seen += chunk.length;
      },
    });
    assert.equal(outcome.truncated, true);
    assert.equal(seen, 100_000_012);
    assert.ok(outcome.output.startsWith('FIRST\nxxx') && outcome.output.endsWith('xxx\nLAST\n'));
    assert.match(outcome.output, /\n\[\.\.\. 99980012 bytes of output left out \.\.\.\]\n/);
    assert.ok(outcome.output.length < LIMITS.logBytes + 100);
  });

  test(`the environment of the bot is not visible, ${name}`, options, async (t) => {
    process.env['PATCHLOOM_TEST_SECRET'] = 'hunter2';
    t.after(() => delete process.env['PATCHLOOM_TEST_SECRET']);
    const command = 'env; cat /proc/1/environ /proc/self/environ 2>/dev/null | tr "\\0" "\\n"';
    const outcome = await run(t, command, { sandbox, env: { PATCHLOOM_COMMIT: 'abc' } });
    assert.doesNotMatch(outcome.output, /hunter2/);
    assert.match(outcome.output, /^PATCHLOOM_COMMIT=abc$/m);
    assert.match(outcome.output, /^TERM=dumb$/m);
  });

  test(`a build directory that is not there is the machine's fault, ${name}`, options, async (t) => {
    const outcome = await runCommand({
      command: 'true',
      directory: join(tempDir(t), 'none'),
      sandbox,
      timeout: 5,
    });
    assert.match(outcome.infrastructure ?? '', /^no build directory: ENOENT/);
  });

  test(`a command that fills the disk is ended at the limit, ${name}`, options, async (t) => {
    const command = 'i=0; while :; do i=$((i+1)); head -c 10000000 /dev/zero > f$i; sleep 0.05; done';
    const outcome = await run(t, command, { sandbox });
    assert.deepEqual([outcome.stopped, outcome.infrastructure], ['used more than 64 MiB of disk', null]);
  });
}

test('nothing of the host can be reached but what was allowed', requires('bwrap'), async (t) => {
  const parent = tempDir(t);
  await mkdir(join(parent, 'toolchain'));
  await writeFile(join(parent, 'toolchain', 'cc'), 'allowed\n', { mode: 0o644 });
  await writeFile(join(parent, 'secret'), 'hunter2\n');
  const toolchain = join(parent, 'toolchain');
  const sandbox: Sandbox = { ...BWRAP, readable: [toolchain] };
  const command = `cat ${toolchain}/cc; echo x > ${toolchain}/new || echo read-only
    cat ${parent}/secret ../secret /build/../secret || echo no secret
    ls ${process.env['HOME'] ?? '/root'} /home || echo no home; ls -A /etc; ls /proc | grep -c '^[0-9]'`;
  const outcome = await run(t, command, { directory: join(parent, 'build'), sandbox });
  assert.equal(outcome.exit, 0, outcome.output);
  for (const line of ['allowed', 'read-only', 'no secret', 'no home'])
    assert.match(outcome.output, new RegExp(`^${line}$`, 'm'));
  assert.doesNotMatch(outcome.output, /hunter2|shadow/);
  assert.ok(Number(outcome.output.trim().split('\n').at(-1)) < 10, 'only its own processes are seen');
});

test('nothing can be written but the build directory and a private /tmp', requires('bwrap'), async (t) => {
  const targets = '/x /usr/x /etc/passwd /dev/x /proc/sys/kernel/hostname';
  const outcome = await run(
    t,
    `for f in ${targets}; do (echo x > $f) 2>/dev/null && echo wrote $f; done; echo x > /tmp/x; echo x > x`,
  );
  assert.deepEqual([outcome.exit, outcome.output], [0, '']);
  assert.deepEqual(await readdir(outcome.directory), ['x']);
  const next = await run(t, 'ls -A /tmp');
  assert.equal(next.output, '');
});

test('there is no network, not even to this machine', requires('bwrap'), async (t) => {
  const outcome = await run(t, 'tail -n +3 /proc/net/dev | cut -d: -f1; tail -n +2 /proc/net/route');
  assert.deepEqual([outcome.exit, outcome.output.trim()], [0, 'lo']);
});

test(
  'the command is an ordinary user without capabilities and cannot make user namespaces',
  requires('bwrap'),
  async (t) => {
    const outcome = await run(
      t,
      'id -un; grep -c "Cap.*:.*0000000000000000" /proc/self/status; unshare -U true 2>/dev/null || echo refused',
    );
    assert.equal(outcome.output, 'build\n5\nrefused\n');
  },
);

test(
  'a link in the tree leads nowhere on the host, and what it points to keeps its owner',
  requires('bwrap'),
  async (t) => {
    const parent = tempDir(t);
    await mkdir(join(parent, 'build'));
    await writeFile(join(parent, 'secret'), 'hunter2\n', { mode: 0o600 });
    await symlink('../secret', join(parent, 'build', 'near'));
    await symlink(join(parent, 'secret'), join(parent, 'build', 'far'));
    const outcome = await run(t, 'cat near far || (echo x > near) || (echo x > far) || echo kept out', {
      directory: join(parent, 'build'),
    });
    assert.match(outcome.output, /^kept out$/m);
    assert.equal(await readFile(join(parent, 'secret'), 'utf8'), 'hunter2\n');
    const owner = await run(t, 'stat -c %u near', { directory: join(parent, 'build') });
    assert.equal(owner.output, '1000\n');
  },
);

test('a fork bomb meets the limit of processes', requires('bwrap'), async (t) => {
  const outcome = await run(t, 'i=0; while [ $i -lt 200 ]; do sleep 100 & i=$((i+1)); done; echo all started');
  assert.notEqual(outcome.exit, 0);
  assert.match(outcome.output, /[Cc]annot fork|Resource temporarily unavailable/);
  assert.doesNotMatch(outcome.output, /all started/);
  const token = newToken();
  const bomb = await run(t, `b() { sleep ${token} & b | b & b; }; b; sleep 100`, { timeout: 2 });
  assert.equal(bomb.infrastructure, null);
  assert.equal(processesWith(token).length, 0);
});

test('a daemon in a session of its own is gone when the command ends', requires('bwrap'), async (t) => {
  const token = newToken();
  const loop = `while :; do date > /build/alive; sleep 0.02; done; : ${token}`;
  const daemon = `setsid sh -c "${loop}" >/dev/null 2>&1 &`;
  const outcome = await run(t, `${daemon} until [ -s alive ]; do sleep 0.01; done; rm alive; sleep 0.2; ls`);
  assert.deepEqual([outcome.exit, outcome.output], [0, 'alive\n']);
  assert.equal(processesWith(token).length, 0);
});

test('one process cannot take more memory than the limit', requires('bwrap'), async (t) => {
  const outcome = await run(t, 'head -c 800000000 /dev/zero | tail -c 800000000 > /dev/null; echo had it');
  assert.equal(outcome.infrastructure, null);
  assert.doesNotMatch(outcome.output, /had it/);
});

test('many processes together cannot take more memory than the limit', requires('bwrap'), async (t) => {
  const outcome = await run(
    t,
    'for i in 1 2 3; do (head -c 250000000 /dev/zero; sleep 60) | tail -c 250000000 & done; wait',
  );
  assert.deepEqual([outcome.stopped, outcome.infrastructure], ['used more than 512 MiB of memory', null]);
});

test(
  "a sandbox that cannot be set up is the machine's fault, never exit 1 of the command",
  requires('bwrap'),
  async (t) => {
    const sandbox: Sandbox = { ...BWRAP, readable: ['/not/there'] };
    const outcome = await run(t, 'true', { sandbox });
    assert.equal(outcome.exit, null);
    assert.match(outcome.infrastructure ?? '', /the sandbox did not run: bwrap: Can't find source path \/not\/there/);
  },
);

test('when the bot is killed its command is gone too', requires('bwrap'), async (t) => {
  const directory = tempDir(t);
  const token = newToken();
  const request = { command: `echo started; sleep ${token}`, directory, sandbox: BWRAP, timeout: 60 };
  const bot = spawn(process.execPath, [RUN_COMMAND, JSON.stringify(request)], { stdio: ['ignore', 'ignore', 'pipe'] });
  await once(bot.stderr, 'data');
  assert.ok(processesWith(token).length > 0);
  bot.kill('SIGKILL');
  while (processesWith(token).length > 0) await sleep(10);
});

test('a disk of the machine without room is no failure of the patch', requires('bwrap'), async (t) => {
  const directory = tempDir(t);
  const outcomeOn = (mebibytes: number, command: string, used: number) => {
    const request = JSON.stringify({ command, directory, sandbox: NONE, timeout: 60 });
    const disk = ['--dev-bind', '/', '/', '--size', `${mebibytes * 2 ** 20}`, '--tmpfs', directory];
    const prepare = `head -c ${used * 2 ** 20} /dev/zero > ${directory}/others; exec "$@"`;
    const args = [...disk, 'sh', '-c', prepare, 'sh', process.execPath, RUN_COMMAND, request];
    return JSON.parse(
      execFileSync('bwrap', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    ) as RunOutcome;
  };
  const room = 'the disk of the build directory has less than 64 MiB free';
  assert.deepEqual(
    [outcomeOn(100, 'true', 50).infrastructure, outcomeOn(100, 'true', 20).infrastructure],
    [room, null],
  );
  const filled = outcomeOn(100, 'head -c 30000000 /dev/zero > mine; exit 1', 20);
  assert.deepEqual([filled.exit, filled.infrastructure], [1, room]);
});

test('without bubblewrap nothing is run where it is asked for', async (t) => {
  const path = process.env['PATH'];
  t.after(() => {
    process.env['PATH'] = path;
  });
  const bin = tempDir(t);
  for (const tool of ['mkfifo', 'find', 'chown']) await symlink(`/usr/bin/${tool}`, join(bin, tool));
  process.env['PATH'] = bin;
  await assert.rejects(run(t, 'touch ran'), { code: 'SANDBOX_MISSING' });
});

/** A number of seconds that no other process sleeps. */
function newToken(): string {
  return `1000.${process.pid}${Math.random().toString().slice(2, 8)}`;
}

/** Ids of the host's processes that have `token` in their command line. */
function processesWith(token: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(token);
    } catch {
      return false;
    }
  });
}
