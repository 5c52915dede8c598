import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findingsOf } from '../../src/ci/findings.ts';
import { junitFailures } from '../../src/ci/junit.ts';

const of = (...lines: string[]) =>
  findingsOf(lines.join('\n')).map(({ kind, file, line, text }) => [kind, file, line, text]);

test('gcc, clang, the linker and rustc are understood, errors first', () => {
  assert.deepEqual(
    of(
      'arch/x86/mm.c:12:9: warning: unused variable `x` [-Wunused]',
      "/build/xen/common/sched.c:301:5: error: 'foo' undeclared",
      './a.h:1: fatal error: b.h: No such file or directory',
      'ld: prelink.o:(.text+0x12): undefined reference to `bar`',
      'main.c:7: undefined reference to `baz`',
      'error[E0425]: cannot find value `y`',
      '  --> src/lib.rs:3:17',
    ),
    [
      ['error', 'xen/common/sched.c', 301, "'foo' undeclared"],
      ['error', 'a.h', 1, 'b.h: No such file or directory'],
      ['error', 'prelink.o', 0, 'undefined reference to `bar`'],
      ['error', 'main.c', 7, 'undefined reference to `baz`'],
      ['error', 'src/lib.rs', 3, 'cannot find value `y`'],
      ['warning', 'arch/x86/mm.c', 12, 'unused variable `x` [-Wunused]'],
    ],
  );
});

test('an echoed command, a plain word and a repeated line make no findings of their own', () => {
  assert.deepEqual(of('grep x || echo "main.c:1:1: error: no"', 'Error: it is broken', 'make: *** [all] Error 2'), []);
  assert.equal(of(...Array.from({ length: 9 }, () => 'a.c:1:1: error: x')).length, 1);
  assert.equal(of(...Array.from({ length: 900 }, (_, n) => `a.c:${n}:1: error: x`)).length, 50);
});

test('a very long hostile line costs no time', () => {
  assert.deepEqual(of('a:1'.repeat(300_000), 'a'.repeat(1_000_000), `<${'testcase '.repeat(100_000)}`), []);
});

test('the failing tests of a JUnit file have name, place and message', () => {
  const xml = `<?xml version="1.0"?><testsuite tests="3">
    <testcase classname="net" name="ping"/>
    <testcase classname='net' name="tcp &amp; udp" file="net.c" line="12"><failure message="expected &lt;1&gt;&#10;got 2">stack</failure></testcase>
    <testcase name="disk"><error/></testcase>
    <testcase name="skipped"><skipped/></testcase></testsuite>`;
  assert.deepEqual(junitFailures(xml), [
    { kind: 'test', file: 'net.c', line: 12, text: 'net.tcp & udp: expected <1> got 2', test: 'net.tcp & udp' },
    { kind: 'test', file: '', line: 0, text: 'disk', test: 'disk' },
  ]);
});

test('a hostile JUnit file gives no entity, and costs no time or room', () => {
  const bomb = `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]><testcase name="&b;&a;"><failure message="&b;"/></testcase>`;
  assert.deepEqual(junitFailures(bomb), [{ kind: 'test', file: '', line: 0, text: '', test: '' }]);
  assert.deepEqual(junitFailures('<testcase '.repeat(400_000)), []);
  assert.equal(junitFailures('<testcase name="a"><failure/></testcase>'.repeat(10_000)).length, 50);
});
