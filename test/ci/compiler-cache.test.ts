import assert from 'node:assert/strict';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { cacheProblem, type CompilerCache } from '../../src/ci/compiler-cache.ts';
import { localRunner } from '../../src/ci/local.ts';
import type { Job, Sandbox } from '../../src/ci/run.ts';
import { BASE, type RunPatch, type RunRequest } from '../../src/ci/runner.ts';
import { requires } from '../helpers/requires.ts';
import { tempDir } from '../helpers/temp-dir.ts';

// Who may write where other series read: upstream's own commits alone, and nothing that a series has left behind.

const needs = { ...requires('bwrap'), ...requires('gcc'), ...requires('ccache') };
const SANDBOX: Sandbox = {
  kind: 'bubblewrap',
  readable: [],
  limits: { memoryMiB: 512, processes: 64, diskMiB: 64, logBytes: 20_000 },
};
const TIP: RunPatch = { index: 1, msgid: 'one@example.org', commit: 'tip', tree: 'tip' };
const UPSTREAM: RunPatch = { index: 0, msgid: BASE, commit: 'base', tree: 'base', upstream: true };

/** Runs `command` on the series and its base; what was printed, by commit. */
async function build(
  t: TestContext,
  command: string,
  options: { cache: CompilerCache; base?: RunPatch; files?: Readonly<Record<string, string>> },
): Promise<ReadonlyMap<string, string>> {
  const printed = new Map<string, string>();
  const job: Job = { name: 'build', run: command, paths: [], timeout: 60, retries: 0 };
  const runner = localRunner({
    sandbox: SANDBOX,
    directory: tempDir(t),
    places: 1,
    incremental: true,
    cache: options.cache,
    artifactBytes: 0,
    checkout: async (commit, directory) => {
      await writeFile(join(directory, 'a.c'), 'int answer = 42;\n');
      if (commit === 'tip')
        for (const [name, text] of Object.entries(options.files ?? {})) await writeFile(join(directory, name), text);
    },
    keepFile: async (patch, _, name, bytes) => {
      printed.set(patch.commit, String(bytes));
      return name;
    },
  });
  const request: RunRequest = {
    patches: [TIP],
    base: options.base ?? null,
    jobs: [job],
    masks: [],
    finished: [],
    known: () => null,
    onCheck: () => {},
  };
  await runner.advance(request);
  return printed;
}

function newCache(t: TestContext): CompilerCache {
  return { directory: join(tempDir(t), 'cache'), mostBytes: 1e9 };
}

const COMPILE = 'gcc -c a.c -o a.o; ccache --print-stats | grep -E "^(local|remote)_storage_hit"';

test('this machine has a ccache that can do it', needs, async () => {
  assert.equal(await cacheProblem(), null);
});

test("what upstream's commit compiles to is found by the next series, in a directory of its own", needs, async (t) => {
  const cache = newCache(t);
  const first = await build(t, COMPILE, { cache, base: UPSTREAM });
  assert.match(first.get('tip') ?? '', /remote_storage_hit\t0/);
  const second = await build(t, COMPILE, { cache });
  assert.match(second.get('tip') ?? '', /remote_storage_hit\t1/);
});

test('a series finds its own outputs again, and no other series finds them', needs, async (t) => {
  const cache = newCache(t);
  const twice = `gcc -c a.c -o b.o; ${COMPILE}`;
  assert.match((await build(t, twice, { cache })).get('tip') ?? '', /local_storage_hit\t1/);
  assert.doesNotMatch((await build(t, COMPILE, { cache })).get('tip') ?? '', /hit\t[1-9]/);
});

test('a series can neither write nor remove what others read', needs, async (t) => {
  const cache = newCache(t);
  await build(t, COMPILE, { cache, base: UPSTREAM });
  const before = await readdir(cache.directory);
  assert.ok(before.length > 0);
  const attack =
    'echo x >/cache/shared/x; rm -rf /cache/shared/*; ln -s /cache/shared /cache/own/s; echo x >/cache/own/s/y';
  const outcome = await build(t, `set +e; (${attack}); chmod 777 /cache/shared; ls /cache`, { cache });
  assert.match(outcome.get('tip') ?? '', /Read-only file system/);
  assert.deepEqual(await readdir(cache.directory), before);
});

test("what a series leaves in the tree does not run where upstream's commit fills the cache", needs, async (t) => {
  const cache = newCache(t);
  const trap = 'all:\n\ttouch poison trap /cache/shared/poison || :\n';
  const run = 'cp trap.mk GNUmakefile 2>/dev/null || :; [ ! -e GNUmakefile ] || make; ls';
  const printed = await build(t, run, { cache, base: UPSTREAM, files: { 'trap.mk': trap } });
  assert.match(printed.get('tip') ?? '', /^poison$/m, 'the trap works on the series itself');
  assert.equal(printed.get('base'), 'a.c\n');
  assert.deepEqual(await readdir(cache.directory), []);
});

test('a base that is another series fills nothing', needs, async (t) => {
  const cache = newCache(t);
  const { upstream: _, ...other } = UPSTREAM;
  const printed = await build(t, COMPILE, { cache, base: other });
  assert.ok(printed.has('base'));
  assert.deepEqual(await readdir(cache.directory), []);
});

test('of a cache that is too large the oldest goes first', needs, async (t) => {
  const cache = { ...newCache(t), mostBytes: 2500 };
  await mkdir(cache.directory);
  for (const [name, age] of [
    ['old', 300],
    ['new', 100],
    ['middle', 200],
  ] as const) {
    await writeFile(join(cache.directory, name), 'x'.repeat(1000));
    await utimes(join(cache.directory, name), Date.now() / 1000 - age, Date.now() / 1000 - age);
  }
  await build(t, 'true', { cache });
  assert.deepEqual((await readdir(cache.directory)).toSorted(), ['middle', 'new']);
});
