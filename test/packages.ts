/**
 * Installs the Debian packages whose programs the tests start, where that may be done (root with apt-get);
 * elsewhere says in one line what to install.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** Debian package of each program that a test starts. */
const NEEDED: Readonly<Record<string, string>> = {
  dovecot: 'dovecot-imapd',
  exim4: 'exim4-daemon-light',
  'mlmmj-receive': 'mlmmj',
  bwrap: 'bubblewrap',
  patatt: 'patatt',
  python3: 'python3',
  'git-pw': 'git-pw',
  b4: 'b4',
  lei: 'lei',
  'ssh-keygen': 'openssh-client',
  postgres: 'postgresql-15',
  gcc: 'gcc',
  ccache: 'ccache',
  chromium: 'chromium',
};

function isThere(program: string): boolean {
  const directories = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin:/usr/lib/postgresql/15/bin`.split(':');
  return directories.some((directory) => existsSync(resolve(directory, program)));
}

/** Installs what is missing, or says so on standard output. */
export function installMissing(): void {
  const packages = Object.keys(NEEDED)
    .filter((program) => !isThere(program))
    .map((program) => NEEDED[program] ?? program);
  if (packages.length === 0) return;
  if (process.getuid?.() !== 0 || !isThere('apt-get')) {
    const consequence = process.env['CI'] ? 'tests that need them fail' : 'tests that need them are SKIPPED';
    console.log(
      `patchloom: not installed: ${packages.join(' ')} (${consequence}). Install with: apt-get install --no-install-recommends ${packages.join(' ')}`,
    );
    return;
  }
  console.log(`patchloom: installing what the tests need: ${packages.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = (): boolean =>
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    }).status === 0;
  if (install()) return;
  spawnSync('apt-get', ['update', '-qq'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  if (!install())
    console.log(`patchloom: apt-get could not install ${packages.join(' ')}; tests that need them say so`);
}

if (import.meta.main) installMissing();
