import assert from 'node:assert/strict';
import { test } from 'node:test';
import { excerptOf } from '../../src/ci/excerpt.ts';

const NOISE = Array.from({ length: 40 }, (_, n) => `  CC      file${n}.o`);

test('the first compiler error is chosen, with the lines that lead to it', () => {
  const output = [
    ...NOISE,
    "/build/xen/common/sched.c: In function 'schedule':",
    "/build/xen/common/sched.c:41:9: error: 'foo' undeclared (first use in this function)",
    '   41 |         foo = 1;',
    '      |         ^~~',
    'make[2]: *** [/build/xen/Rules.mk:249: sched.o] Error 1',
    'xen/other.c:1:1: error: a second one',
  ].join('\n');
  assert.equal(
    excerptOf(output),
    [
      '  CC      file38.o',
      '  CC      file39.o',
      "xen/common/sched.c: In function 'schedule':",
      "xen/common/sched.c:41:9: error: 'foo' undeclared (first use in this function)",
      '   41 |         foo = 1;',
      '      |         ^~~',
      'make[2]: *** [xen/Rules.mk:249: sched.o] Error 1',
      'xen/other.c:1:1: error: a second one',
    ].join('\n'),
  );
});

test('signs of other tools are found: linker, make, TAP, assertion, shell', () => {
  const signs = [
    "ld: a.o: in function `main': a.c:(.text+0x5): undefined reference to `gone'",
    "make: *** No rule to make target 'x.c', needed by 'x.o'.  Stop.",
    'not ok 3 - counts to three',
    "prog: t.c:7: main: Assertion `x == 1' failed.",
    'sh: 1: gcc-99: not found',
    'FAILED tests/test_x.py::test_one',
    'a.c:3: error: no column here',
  ];
  for (const sign of signs) {
    const excerpt = excerptOf([...NOISE, sign, ...NOISE].join('\n')).split('\n');
    assert.equal(excerpt[3], sign);
    assert.equal(excerpt.length, 15);
  }
});

test('a file named error.o, a test to be done and a skipped one are not taken for errors', () => {
  const output = [
    'cc -c error.c -o error.o',
    'not ok 1 - later # TODO',
    'not ok 2 # SKIP',
    ...NOISE,
    'b.c:1:2: error: real',
  ];
  assert.equal(excerptOf(output.join('\n')).split('\n').at(-1), 'b.c:1:2: error: real');
});

test('without a known sign the end is shown; without output nothing', () => {
  assert.deepEqual(excerptOf(`${NOISE.join('\n')}\n\n`).split('\n'), NOISE.slice(-15));
  assert.equal(excerptOf(''), '');
});

test('colours, controls, invisible characters and overwritten progress do not reach the mail', () => {
  const output =
    '\u001b[1ma.c:1:2:\u001b[0m \u001b[31merror:\u001b[K bad\u0007\u202e\u200b \u001b]0;title\u0007x\r\n 10%\r 99%\r100%\tdone\u0000';
  assert.equal(excerptOf(output), 'a.c:1:2: error: bad x\n100%        done');
});

test('lines are cut at 100 columns, and a very long hostile line costs no time', () => {
  const long = `a.c:1:1: error: ${'é'.repeat(5000)}`;
  const [line = ''] = excerptOf(long).split('\n');
  assert.equal(Array.from(line).length, 100);
  assert.ok(line.endsWith('é...'));
  assert.equal(excerptOf(`${'\u001b]'.repeat(500_000)}${'assertion '.repeat(500_000)}`).length <= 100, true);
});

test('only the build directory itself is cut from paths', () => {
  assert.equal(
    excerptOf('/build/a.c:1:1: error: /usr/build/x (/build/y) "/build/z"'),
    'a.c:1:1: error: /usr/build/x (y) "z"',
  );
  assert.equal(excerptOf('/srv/run/tree/a.c:1: error: x', '/srv/run/tree'), 'a.c:1: error: x');
});
