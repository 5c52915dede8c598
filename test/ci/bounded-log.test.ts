import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BoundedLog } from '../../src/ci/bounded-log.ts';

function logOf(limit: number, chunks: readonly string[]): BoundedLog {
  const log = new BoundedLog(limit);
  for (const chunk of chunks) log.add(Buffer.from(chunk));
  return log;
}

test('output within the limit is kept as it is, in whatever pieces it comes', () => {
  for (const chunks of [['0123456789'], Array.from('0123456789'), ['01234', '56789'], []]) {
    const log = logOf(10, chunks);
    assert.equal(log.text(), chunks.join(''));
    assert.equal(log.truncated, false);
  }
});

test('of longer output the first and last half are kept and the cut is said, in whatever pieces it comes', () => {
  for (const chunks of [
    ['0123456789abcdef'],
    Array.from('0123456789abcdef'),
    ['0123456', '789abcdef'],
    ['01', '23456789abcde', 'f'],
  ]) {
    const log = logOf(10, chunks);
    assert.equal(log.text(), '01234\n[... 6 bytes of output left out ...]\nbcdef');
    assert.equal(log.truncated, true);
  }
});

test('the cut halves no character', () => {
  const text = logOf(10, ['€€€€€€€€']).text();
  assert.equal(text, '€\n[... 14 bytes of output left out ...]\n€');
});
