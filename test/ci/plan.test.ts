import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchesGlob, planOf } from '../../src/ci/plan.ts';

test('globs match within a folder, across folders and all below a folder', () => {
  const cases: [string, string, boolean][] = [
    ['xen/arch/arm/traps.c', 'xen/arch/arm/**', true],
    ['xen/arch/arm/traps.c', 'xen/arch/arm/', true],
    ['xen/arch/x86/traps.c', 'xen/arch/arm/', false],
    ['xen/arch/x86/traps.c', 'xen/*/traps.c', false],
    ['xen/arch/x86/traps.c', '**/traps.c', true],
    ['traps.c', '**/traps.c', true],
    ['xen/arch/x86/a/b/traps.c', 'xen/**/b/*.c', true],
    ['.gitlab-ci.yml', '*', true],
    ['automation/.hidden/x', '**', true],
    ['Config.mk', 'Config.m?', true],
    ['Config.mk', 'config.mk', false],
    ['a+b(c).c', 'a+b(c).c', true],
    ['aXb', 'a.b', false],
    ['docs', 'docs/**', true],
  ];
  for (const [path, glob, expected] of cases) assert.equal(matchesGlob(path, glob), expected, `${path} ~ ${glob}`);
});

test('a hostile path does not make matching slow', () => {
  assert.equal(matchesGlob('a'.repeat(20_000), `${'*a'.repeat(200)}b`), false);
  assert.equal(matchesGlob(`${'a/'.repeat(20_000)}a`, `${'**/a/'.repeat(50)}b`), false);
});

test('a job runs when it has no globs or one matches a touched path', () => {
  const job = (name: string, ...paths: string[]) => ({ name, run: 'make', paths, timeout: 60 });
  const jobs = [job('all'), job('arm', 'xen/arch/arm/', 'xen/include/asm-arm/'), job('docs', 'docs/')];
  const names = (...paths: string[]) => planOf(jobs, paths).map((each) => each.name);
  assert.deepEqual(names('docs/index.rst', 'xen/arch/arm/a.c'), ['all', 'arm', 'docs']);
  assert.deepEqual(names('tools/x.c'), ['all']);
});
