import { test } from 'node:test';
import fc from 'fast-check';
import type { Target } from './target.ts';
import { mailTarget, TEXT_TARGETS } from './text-targets.ts';
import { WEB_TARGETS } from './web-targets.ts';

/** A moment of each; `npm run fuzz` takes its time. */
const SHORT: readonly (readonly [Target, number])[] = [
  [mailTarget(2_000), 2_500],
  ...TEXT_TARGETS.map((target) => [target, 200] as const),
  ...WEB_TARGETS.map((target) => [target, 150] as const),
];

for (const [target, runs] of SHORT) {
  test(`${runs} cases of ${target.name} changed at random: no crash, no broken rule, no case that takes long`, async (t) => {
    const seed = Date.now() % 1_000_000_000;
    t.diagnostic(`npm run fuzz -- --target ${target.name} --runs ${runs} --seed ${seed}`);
    await fc.assert(await target.open(t), { numRuns: runs, seed });
  });
}
