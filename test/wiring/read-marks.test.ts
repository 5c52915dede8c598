import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMarks } from '../../src/read-marks.ts';

function marked() {
  const reached: number[] = [];
  return { reached, marks: readMarks((at) => reached.push(at)) };
}

test('what a source says of itself is true once what it had given by then is stored', () => {
  const { reached, marks } = marked();
  marks.begin();
  marks.given();
  marks.given();
  marks.mark(10);
  marks.given();
  marks.mark(20);
  assert.deepEqual(reached, []);
  marks.stored(2);
  assert.deepEqual(reached, [10]);
  marks.stored(1);
  assert.deepEqual(reached, [10, 20]);
});

test('a source without new mail is read to where it says at once', () => {
  const { reached, marks } = marked();
  marks.begin();
  marks.mark(10);
  marks.mark(20);
  assert.deepEqual(reached, [10, 20]);
});

test('what was given and not stored before a fault is not counted: it comes again', () => {
  const { reached, marks } = marked();
  marks.begin();
  marks.given();
  marks.mark(10);
  marks.begin();
  marks.given();
  marks.stored(1);
  assert.deepEqual(reached, []);
  marks.mark(30);
  assert.deepEqual(reached, [30]);
});
