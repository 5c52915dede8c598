import { test } from 'node:test';
import fc from 'fast-check';
import { bases, checkCase, fuzzCase } from './cases.ts';

const RUNS = 2_500;

test(`${RUNS} cases of mutated mail: no crash, no broken rule, no case that takes long`, async (t) => {
  const seed = Date.now() % 1_000_000_000;
  t.diagnostic(`npm run fuzz -- --runs ${RUNS} --seed ${seed}`);
  const known = await bases(2_000);
  await fc.assert(
    fc.asyncProperty(fuzzCase, (mails) => checkCase(known, mails)),
    { numRuns: RUNS, seed },
  );
});
