import assert from 'node:assert/strict';
import { test } from 'node:test';
import { notesIn } from '../../src/patch/notes.ts';

test('what an author says below --- is kept, and what git writes there is not', () => {
  const below = [
    '---',
    'v3: Split | rename.',
    '',
    ' - a list | of 2 things',
    '---',
    ' xen/arch/x86/mm.c       |  12 ++++++------',
    ' .../{a => b}/firmware   | Bin 0 -> 120 bytes',
    ' docs/long.txt           | 300 +',
    ' 3 files changed, 306 insertions(+), 6 deletions(-)',
    ' create mode 100644 docs/long.txt',
    ' rename a => b (100%)',
    '',
  ];
  assert.deepEqual(notesIn(below), ['v3: Split | rename.', '', ' - a list | of 2 things']);
});

test('statistics between two paragraphs leave one empty line, and nothing but statistics is nothing', () => {
  assert.deepEqual(notesIn(['---', 'above', '', ' a | 2 +-', ' 1 file changed, 1 insertion(+)', '', 'below']), [
    'above',
    '',
    'below',
  ]);
  assert.deepEqual(notesIn(['---', ' a | 2 +-', ' 1 file changed, 1 insertion(+), 1 deletion(-)', '']), []);
  assert.deepEqual(notesIn([]), []);
});
