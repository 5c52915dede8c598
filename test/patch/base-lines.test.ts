import assert from 'node:assert/strict';
import { test } from 'node:test';
import { baseLines } from '../../src/patch/base-lines.ts';

const [A, B, C] = ['a', 'b', 'c'].map((digit) => digit.repeat(40));

test('base-commit and prerequisite-patch-id lines are read, the first commit and all patches in order', () => {
  const lines = ['Hello', `base-commit: ${A}`, `prerequisite-patch-id: ${C}\r`, `prerequisite-patch-id: ${B}`, '--'];
  assert.deepEqual(baseLines([...lines, `base-commit: ${B}`]), { commit: A, prerequisites: [C, B] });
});

test('what only looks like one is none', () => {
  const odd = [
    `> base-commit: ${A}`,
    'base-commit: main',
    ` prerequisite-patch-id: ${A}`,
    `prerequisite-patch-id: ${A}0%`,
  ];
  assert.deepEqual(baseLines(odd), { commit: null, prerequisites: [] });
});

test('an endless list is cut', () => {
  assert.equal(baseLines(Array(1000).fill(`prerequisite-patch-id: ${A}`)).prerequisites.length, 200);
});
