import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { readDiff } from '../../../src/mirror/engine/diff.ts';
import { SEARCH_BYTES } from '../../../src/mirror/engine/line-table.ts';
import { Declined, Misfitting } from '../../../src/mirror/engine/outcome.ts';
import { applyHunks } from '../../../src/mirror/engine/place.ts';
import { applyDesk, FUZZ } from './git-apply.ts';
import { hunkCase } from './hunk-cases.ts';

/** Text, or why there is none. */
function engine(target: string, diff: string): string | { readonly not: 'declined' | 'misfit' } {
  try {
    const [file] = readDiff(diff, 1);
    return applyHunks(target, file?.hunks ?? [], 'f', { left: SEARCH_BYTES }).text;
  } catch (error) {
    if (error instanceof Declined) return { not: 'declined' };
    if (error instanceof Misfitting) return { not: 'misfit' };
    throw error;
  }
}

test('hunks land where git apply puts them, byte for byte, or nowhere where git refuses', () => {
  using desk = applyDesk();
  let applied = 0;
  let declined = 0;
  fc.assert(
    fc.property(hunkCase, ({ target, diff }) => {
      if (!diff.includes('\n@@ ')) return;
      const git = desk.apply(target, diff);
      const ours = engine(target, diff);
      if (git !== null) applied++;
      if (typeof ours === 'string') assert.equal(ours, git);
      else if (ours.not === 'misfit') assert.equal(git, null);
      else if (git !== null) declined++;
    }),
    { numRuns: 1500 * FUZZ, ...(FUZZ === 1 ? { seed: 20240628 } : {}) },
  );
  assert.ok(applied > 300, `only ${applied} cases say anything`);
  assert.ok(declined < applied * 0.04, `${declined} of ${applied} were left to git`);
});
