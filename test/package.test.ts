import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ROOT } from '../src/root.ts';
import { madeMbox } from './helpers/made-list.ts';
import { requires } from './helpers/requires.ts';
import { tempDir } from './helpers/temp-dir.ts';

/** The package as npm publishes it, unpacked where an installation has it: below node_modules, where Node runs no TypeScript. */
function installed(directory: string): string {
  execFileSync('npm', ['pack', '--silent', '--pack-destination', directory], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const modules = join(directory, 'node_modules');
  mkdirSync(join(modules, 'patchloom'), { recursive: true });
  execFileSync('tar', [
    '-xzf',
    join(directory, 'patchloom-0.1.0.tgz'),
    '--strip-components=1',
    '-C',
    join(modules, 'patchloom'),
  ]);
  symlinkSync(join(ROOT, 'node_modules'), join(modules, 'patchloom/node_modules'));
  return join(modules, 'patchloom');
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

test(
  'the published package does its work as another user on a read-only machine',
  requires('bwrap'),
  (t: TestContext) => {
    const directory = tempDir(t);
    const data = join(directory, 'data');
    mkdirSync(data);
    chmodSync(data, 0o777);
    const program = installed(directory);
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
