import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../src/root.ts';

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
}

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const PAGE = read('docs/dependencies.md');
const MANIFEST = JSON.parse(read('package.json')) as Record<'dependencies' | 'devDependencies', Record<string, string>>;
const LOCKED = Object.entries((JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> }).packages)
  .filter(([path, { link }]) => path.startsWith('node_modules/') && link !== true)
  .map(([path, locked]) => ({ path, ...locked }));

test('every dependency has a line that says what it is for, and every line a dependency', () => {
  const rows = [...PAGE.matchAll(/^\| ([@\w/., -]+) \| (?!---)(.+?) \|/gm)].flatMap(([, names = '']) =>
    names.split(', '),
  );
  const described = rows.filter((name) => name !== 'package');
  assert.deepEqual(described.toSorted(), Object.keys(MANIFEST.dependencies).toSorted());
  for (const name of Object.keys(MANIFEST.devDependencies)) assert.ok(PAGE.includes(name), name);
});

test('every direct dependency is asked for at one exact version', () => {
  const all = { ...MANIFEST.dependencies, ...MANIFEST.devDependencies };
  for (const [name, version] of Object.entries(all)) assert.match(version, /^\d+\.\d+\.\d+$/, name);
});

test('every package of the lockfile has a hash, and none runs a script when it is installed', () => {
  assert.ok(LOCKED.length > 100);
  for (const { path, integrity, hasInstallScript } of LOCKED) {
    assert.match(integrity ?? '', /^sha512-/, path);
    assert.notEqual(hasInstallScript, true, path);
  }
});

test('every package that is delivered has a licence of the list', () => {
  const allowed = new Set([
    'MIT',
    'MIT-0',
    'ISC',
    'BSD-2-Clause',
    'BSD-3-Clause',
    'Apache-2.0',
    '0BSD',
    '(MIT OR EUPL-1.1+)',
  ]);
  for (const { path, license, dev } of LOCKED) {
    if (dev !== true) assert.ok(allowed.has(license ?? ''), `${path}: ${license}`);
  }
});
