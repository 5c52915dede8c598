import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDiff } from '../../../src/mirror/engine/diff.ts';
import { SEARCH_BYTES } from '../../../src/mirror/engine/line-table.ts';
import { Declined, Misfitting, Refused } from '../../../src/mirror/engine/outcome.ts';
import { applyHunks } from '../../../src/mirror/engine/place.ts';
import { applyDesk } from './git-apply.ts';

const HEAD = 'diff --git a/f b/f\nindex 1111111..2222222 100644\n--- a/f\n+++ b/f\n';
const lines = (...words: string[]) => words.map((word) => `${word}\n`).join('');

function place(target: string, hunks: string, budget = { left: SEARCH_BYTES }): string | null {
  const [file] = readDiff(HEAD + hunks, 1);
  try {
    return applyHunks(target, file?.hunks ?? [], 'f', budget).text;
  } catch (error) {
    if (error instanceof Misfitting) return null;
    throw error;
  }
}

/** Each rule, with a text and hunks for which it decides, and what comes of it. Every one is checked against git itself. */
const RULES: Readonly<Record<string, { target: string; hunks: string; result: string | null }>> = {
  'a hunk that starts at line 1 fits nowhere but at the beginning': {
    target: lines('x', 'a', 'b', 'c'),
    hunks: '@@ -1,3 +1,4 @@\n+new\n a\n b\n c\n',
    result: null,
  },
  'a hunk without context behind it fits nowhere but at the end': {
    target: lines('x', 'a', 'b', 'c', 'd'),
    hunks: '@@ -2,3 +2,4 @@\n a\n b\n c\n+new\n',
    result: null,
  },
  'the search starts at the new line number, not at the old one with an offset': {
    target: lines('k', 'k', 'a', 'b', 'k', 'k', 'a', 'b', 'k'),
    hunks: '@@ -3,2 +7,3 @@\n a\n+new\n b\n',
    result: lines('k', 'k', 'a', 'b', 'k', 'k', 'a', 'new', 'b', 'k'),
  },
  'of two places at the same distance the one further on is taken': {
    target: lines('k', 'a', 'b', 'k', 'a', 'b', 'k', 'k'),
    hunks: '@@ -3,2 +3,3 @@\n a\n+new\n b\n',
    result: lines('k', 'a', 'new', 'b', 'k', 'a', 'b', 'k', 'k'),
  },
  'a hunk may lie before the one that comes before it': {
    target: lines('k', 'c', 'd', 'k', 'k', 'k', 'a', 'b', 'k'),
    hunks: '@@ -2,2 +2,3 @@\n a\n+one\n b\n@@ -8,2 +8,3 @@\n c\n+two\n d\n',
    result: lines('k', 'c', 'two', 'd', 'k', 'k', 'k', 'a', 'one', 'b', 'k'),
  },
  'lines that an earlier hunk has left may not be context of a later one': {
    target: lines('k', 'a', 'b', 'c', 'k'),
    hunks: '@@ -2,2 +2,3 @@\n a\n+one\n b\n@@ -3,2 +4,3 @@\n b\n+two\n c\n',
    result: null,
  },
  'an empty line is a context line that has lost its blank': {
    target: lines('k', 'a', '', 'b', 'k'),
    hunks: '@@ -2,3 +2,4 @@\n a\n\n+new\n b\n',
    result: lines('k', 'a', '', 'new', 'b', 'k'),
  },
  'line ends count': { target: 'k\r\na\r\nb\r\nk\r\n', hunks: '@@ -2,2 +2,3 @@\n a\n+new\n b\n', result: null },
  'a missing newline at the end counts': {
    target: 'k\na',
    hunks: '@@ -1,2 +1,2 @@\n k\n-a\n\\ No newline at end of file\n+b\n',
    result: 'k\nb\n',
  },
};

for (const [rule, { target, hunks, result }] of Object.entries(RULES)) {
  test(rule, () => {
    using desk = applyDesk();
    assert.equal(place(target, hunks), result);
    assert.equal(desk.apply(target, HEAD + hunks), result);
  });
}

test('hostile repetitive text ends at the budget and is refused', () => {
  const target = 'a\n'.repeat(200_000);
  const hunk = `@@ -100000,2001 +100000,2001 @@\n${' a\n'.repeat(1000)}-a\n+b\n${' a\n'.repeat(999)} c\n`;
  const budget = { left: SEARCH_BYTES };
  assert.throws(() => place(target, hunk, budget), Refused);
  const many = Array.from({ length: 20_000 }, () => '@@ -2,3 +2,3 @@\n a\n-a\n+a b\n a\n').join('');
  assert.throws(() => place(target, many), Refused);
});

test('numbers that overflow or are negative make no heading', () => {
  for (const heading of ['@@ -99999999999,1 +1,1 @@', '@@ --1,1 +1,1 @@', '@@ -1,-1 +1,1 @@', '@@ -1,1e9 +1 @@'])
    assert.throws(() => readDiff(`${HEAD}${heading}\n-a\n+b\n`, 1), /damaged/);
  assert.throws(() => readDiff(`${HEAD}@@ -1,999999999 +1,999999999 @@\n-a\n+b\n`, 1), /cut short/);
});

test('a new mode without the old one is left to git, which takes the patch for garbage', () => {
  const cut = 'old mode 100644\nnew mode 100755';
  for (const header of ['new mode 100755\n', 'old mode 100644\n', 'old mode 100644\nnew mode 100644\n', cut])
    assert.throws(() => readDiff(`diff --git a/f b/f\n${header}`, 1), Declined, header);
});
