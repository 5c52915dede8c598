import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clip, fillParagraphs, oneLine, quoteOutput, widthOf } from '../../src/report/text.ts';

test('one line stays one line, whatever was in it', () => {
  assert.equal(oneLine(' a\r\n\tb\u2028c\u202e\u0000d '), 'a b c d');
  assert.equal(oneLine('x'.repeat(500), 10), 'xxxxxxx...');
  assert.equal(oneLine('日本語のパッチ', 10), '日本語...');
});

test('width counts what a terminal shows', () => {
  assert.equal(widthOf('naïve'), 5);
  assert.equal(widthOf('e\u0301'), 1);
  assert.equal(widthOf('パッチ'), 6);
  assert.equal(clip('パッチ', 6), 'パッチ');
});

test('paragraphs are filled to 72 columns; quotes, indented lines and the signature mark stand', () => {
  const long = `${'word '.repeat(20)}end`;
  const filled = fillParagraphs(`${long}\n\n| ${long}\n    ${long}\n-- \nshort\nlines`);
  const [first = ''] = filled.split('\n');
  assert.ok(first.length <= 72 && first.length > 66);
  assert.ok(filled.includes(`| ${long}\n    ${long}\n-- \nshort lines`));
});

test('output is quoted line by line, and long output is cut and said so', () => {
  assert.equal(quoteOutput('From x\n\n\tmake: *** [x] Error 1'), '| From x\n|\n|         make: *** [x] Error 1');
  assert.equal(quoteOutput('1\n2\n3', 2), '| 1\n| 2\n| [1 more lines]');
});
