import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { wordMarker } from '../../src/web/changed-words.ts';
import { diffFiles, type DiffRow } from '../../src/web/diff-rows.ts';

/** Lines of one hunk as its page has them, with what is marked in braces. */
function shown(lines: readonly string[], path = 'a.txt'): readonly string[] {
  const [was, is] = ['+', '-'].map((mark) => lines.filter((line) => !line.startsWith(mark)).length);
  const diff = [`--- a/${path}`, `+++ b/${path}`, `@@ -1,${was} +1,${is} @@`, ...lines];
  return (diffFiles(diff, 0)[0]?.rows ?? []).slice(3).map(wordsOf);
}

function wordsOf({ mark, tokens }: DiffRow): string {
  return mark + tokens.map(({ text, changed }) => (changed ? `{${text}}` : text)).join('');
}

test('of a line that changed the words that are others are marked', () => {
  assert.deepEqual(shown([' x', '-if ( a < limit )', '+if ( a <= limit )', ' y']), [
    ' x',
    '-if ( a < limit )',
    '+if ( a <{=} limit )',
    ' y',
  ]);
  assert.deepEqual(shown(['-int count, last;', '-return count;', '+unsigned int count, last;', '+return last;']), [
    '-int count, last;',
    '-return {count};',
    '+{unsigned }int count, last;',
    '+return {last};',
  ]);
});

test('a word that is cut out of coloured text keeps its colour', () => {
  const diff = ['--- a/a.c', '+++ b/a.c', '@@ -1 +1 @@', '-f("one two");', '+f("one three");'];
  const [, , , , fresh] = diffFiles(diff, 0)[0]?.rows ?? [];
  assert.deepEqual(
    fresh?.tokens.map(({ kind, text, changed = false }) => [kind, text, changed]),
    [
      ['plain', 'f(', false],
      ['string', '"one ', false],
      ['string', 'three', true],
      ['string', '"', false],
      ['plain', ');', false],
    ],
  );
});

test('nothing is marked where lines are others altogether, or more came than went', () => {
  for (const lines of [
    ['-return domain_crash(d);', '+spin_lock(&lock);'],
    ['-a = 1;', '+a = 2;', '+b = 3;'],
    ['-same words here', ' between', '+same words there'],
    [`-${'long '.repeat(80)}x`, `+${'long '.repeat(80)}y`],
  ])
    assert.deepEqual(shown(lines), lines);
});

test('whatever the lines are, their text stays', () => {
  const line = fc.array(fc.constantFrom('a', 'b', ' ', '  ', '\t', 'ab_1', '->', '(', '\u{1f600}', 'é'), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(fc.array(fc.tuple(line, line), { maxLength: 5 }), (pairs) => {
      const lines = [...pairs.map(([old]) => `-${old.join('')}`), ...pairs.map(([, fresh]) => `+${fresh.join('')}`)];
      assert.deepEqual(
        shown(lines).map((text) => text.replaceAll(/[{}]/g, '')),
        lines,
      );
    }),
  );
});

test('a patch that changes thousands of lines has its first ones marked', () => {
  const pair = (at: number) =>
    ['removed', 'added'].map((kind) => ({
      kind,
      tokens: [{ kind: 'plain' as const, text: `the same words and ${kind} ${at}` }],
    }));
  const rows = Array.from({ length: 3_000 }, (_, at) => [...pair(at), { kind: 'context', tokens: [] }]).flat();
  const marked = wordMarker()(rows).filter(({ tokens }) => tokens.some((token) => 'changed' in token));
  assert.equal(marked.length, 400);
});
