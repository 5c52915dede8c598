import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { diffFiles } from '../../src/web/diff-rows.ts';
import { highlighter } from '../../src/web/highlight.ts';

const kinds = (path: string, line: string) => highlighter(path)(line).map(({ kind, text }) => `${kind}:${text}`);

test('C has keywords, strings, numbers, comments and directives', () => {
  assert.deepEqual(kinds('a.c', 'return f("a\\"b", 0x10); /* x */ y // z'), [
    'keyword:return',
    'plain: f(',
    'string:"a\\"b"',
    'plain:, ',
    'number:0x10',
    'plain:); ',
    'comment:/* x */',
    'plain: y ',
    'comment:// z',
  ]);
  assert.deepEqual(kinds('a.h', '#include <x.h>'), ['directive:#include <x.h>']);
  assert.deepEqual(kinds('Makefile', 'ifeq ($(a),b) # why'), ['keyword:ifeq', 'plain: ($(a),b) ', 'comment:# why']);
  assert.deepEqual(kinds('notes.txt', 'return "x"'), ['plain:return "x"']);
});

test('a comment goes on over lines until it is closed', () => {
  const colour = highlighter('a.c');
  assert.deepEqual(
    ['a /* b', 'c', 'd */ e'].map((line) => colour(line).map(({ kind }) => kind)),
    [['plain', 'comment'], ['comment'], ['comment', 'plain']],
  );
});

test('whatever a line is, its tokens are the line', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('a.c', 'a.py', 'a.S', 'a.ml', 'x'),
      fc.array(fc.string({ maxLength: 60 })),
      (path, lines) => {
        const colour = highlighter(path);
        for (const line of lines)
          assert.equal(
            colour(line)
              .map(({ text }) => text)
              .join(''),
            line,
          );
      },
    ),
  );
});

test('a diff is split by file, its lines numbered, and a removed "-- x" is no header', () => {
  const diff = [
    'diff --git a/one.sql b/one.sql',
    '--- a/one.sql',
    '+++ b/one.sql',
    '@@ -5,3 +5,2 @@ head',
    ' a',
    '--- gone',
    '-b',
    '+c',
    'Index: two/x.c',
    '--- two/x.c\told',
    '+++ two/x.c\tnew',
    '@@ -1 +1 @@',
    '-a',
    '+b',
  ];
  const files = diffFiles(diff, 10);
  assert.deepEqual(
    files.map(({ path, added, removed }) => [path, added, removed]),
    [
      ['one.sql', 1, 2],
      ['two/x.c', 1, 1],
    ],
  );
  const rows = files[0]?.rows.slice(4) ?? [];
  assert.deepEqual(
    rows.map(({ line, old, fresh, mark }) => [line, old, fresh, mark]),
    [
      [14, '5', '5', ' '],
      [15, '6', '', '-'],
      [16, '7', '', '-'],
      [17, '', '6', '+'],
    ],
  );
});

test('a diff without end is cut, and so are its lines', () => {
  const [file] = diffFiles(
    ['@@ -0,0 +1,9999999 @@', `+${'x'.repeat(5000)}`, ...Array.from({ length: 9000 }, () => '+y')],
    0,
  );
  assert.equal(file?.rows.length, 6000);
  assert.match(file.rows[1]?.tokens[0]?.text ?? '', /x \[… 4000 more characters\]$/);
});
