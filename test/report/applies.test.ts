import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeLines, whyNotOn } from '../../src/report/applies.ts';
import { applied, conflicting, placed } from './samples.ts';

test('a conflict is told with what was expected, what is there, who changed it, and where it would fit', () => {
  assert.deepEqual(placeLines(placed.conflict), [
    'hunk 1 expects',
    '  |     puts("hello");',
    '  |     return 0;',
    'and from line 14 on there is',
    '  |     puts("good day");',
    '  |     return 0;',
    'touched since the author has read them by',
    '  | 777777777777 hello: mind your manners',
    'would apply on main, commit 888888888888',
  ]);
  assert.deepEqual(placeLines(conflicting.conflict), [], 'of a file as a whole there is no place');
});

test('why a series does not go on its branch: it never did, or the branch has moved', () => {
  const base = applied.base;
  const fit = { base, already: [], conflict: null } as const;
  assert.equal(whyNotOn(null), null);
  assert.equal(whyNotOn(applied), null);
  assert.equal(whyNotOn(conflicting), conflicting.reason);
  assert.equal(
    whyNotOn({ ...applied, onTip: { ...fit, state: 'conflict', reason: 'no' } }),
    'the branch has moved: no',
  );
  // What only git can tell, or what failed here, is no conflict.
  assert.equal(whyNotOn({ ...applied, onTip: { ...fit, state: 'unknown', reason: 'no' } }), null);
  assert.equal(whyNotOn({ ...applied, onTip: { ...fit, state: 'applied', reason: '' } }), null);
});
