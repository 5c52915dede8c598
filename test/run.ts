/**
 * `npm test`: makes sure that the real servers which tests talk to are there, then runs every test.
 * Arguments are passed on to node's test runner: `npm test -- test/mail/parse.test.ts`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

/** Debian package of each program that a test starts. */
const NEEDED: Readonly<Record<string, string>> = {
  dovecot: 'dovecot-imapd',
  exim4: 'exim4-daemon-light',
  'mlmmj-receive': 'mlmmj',
  bwrap: 'bubblewrap',
};

function isThere(program: string): boolean {
  const directories = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`.split(':');
  return directories.some((directory) => existsSync(resolve(directory, program)));
}

function installMissing(): void {
  const packages = Object.keys(NEEDED)
    .filter((program) => !isThere(program))
    .map((program) => NEEDED[program] ?? program);
  if (packages.length === 0) return;
  if (process.getuid?.() !== 0 || !isThere('apt-get')) {
    const consequence = process.env['CI'] ? 'tests that need them fail' : 'tests that need them are SKIPPED';
    console.log(`patchloom: not installed: ${packages.join(' ')} (${consequence}). Install with: apt-get install --no-install-recommends ${packages.join(' ')}`);
    return;
  }
  console.log(`patchloom: installing what the tests need: ${packages.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = (): boolean =>
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
  if (install()) return;
  spawnSync('apt-get', ['update', '-qq'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  if (!install()) console.log(`patchloom: apt-get could not install ${packages.join(' ')}; tests that need them say so`);
}

installMissing();
const given = process.argv.slice(2);
const files = given.some((argument) => argument.endsWith('.ts')) ? [] : globSync('test/**/*.test.ts', { cwd: root });
const run = spawnSync(process.execPath, ['--test', '--test-reporter=spec', ...given, ...files.sort()], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
});
process.exitCode = run.status ?? 1;
