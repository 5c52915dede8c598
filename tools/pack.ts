/**
 * Before `npm pack` and `npm publish`: writes what the package carries beside its own files, of the one lockfile that is kept.
 *
 *   npm-shrinkwrap.json  the lockfile without what is for development: npm publishes no package-lock.json, and who installs the package would
 *                        get other versions than those that were tested
 *   sbom.json            the same as a bill of materials (CycloneDX)
 *
 * `--remove` takes both away again: a shrinkwrap in a checkout would stand in for the lockfile.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Locked {
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface Lockfile {
  readonly packages: Readonly<Record<string, Locked>>;
}

const ROOT = join(import.meta.dirname, '..');
const MODULES = 'node_modules/';
const [SHRINKWRAP, SBOM] = ['npm-shrinkwrap.json', 'sbom.json'].map((name) => join(ROOT, name)) as [string, string];

if (process.argv[2] === '--remove') for (const file of [SHRINKWRAP, SBOM]) rmSync(file, { force: true });
else writeAll();

function writeAll(): void {
  const lockfile = JSON.parse(read('package-lock.json')) as Lockfile;
  const shrinkwrap = json({ ...lockfile, packages: delivered(lockfile.packages) });
  writeFileSync(SBOM, billOf(json(withoutDevelopment(JSON.parse(read('package.json')) as object)), shrinkwrap));
  writeFileSync(SHRINKWRAP, shrinkwrap);
}

/** What an installation of the package has: nothing for development, and nothing that a workspace brings. */
function delivered(packages: Lockfile['packages']): Lockfile['packages'] {
  const all = Object.entries(packages);
  const workspaces = all.filter(([path]) => path !== '' && !path.startsWith(MODULES));
  const theirs = new Set(workspaces.flatMap(([, { optionalDependencies = {} }]) => Object.keys(optionalDependencies)));
  const kept = all.filter(
    ([path, { dev, link }]) =>
      path.startsWith(MODULES) && dev !== true && link !== true && !theirs.has(path.slice(MODULES.length)),
  );
  return { '': withoutDevelopment(packages[''] ?? {}), ...Object.fromEntries(kept) };
}

function withoutDevelopment(manifest: object): object {
  const left = Object.entries(manifest).filter(([key]) => !['devDependencies', 'workspaces', 'scripts'].includes(key));
  return Object.fromEntries(left);
}

/** npm's own, of a package that is nothing but the two. */
function billOf(manifest: string, shrinkwrap: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'patchloom-pack-'));
  try {
    writeFileSync(join(directory, 'package.json'), manifest);
    writeFileSync(join(directory, 'package-lock.json'), shrinkwrap);
    const words = ['sbom', '--package-lock-only', '--sbom-format=cyclonedx'];
    return execFileSync('npm', words, { cwd: directory, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
