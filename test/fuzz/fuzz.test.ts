import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

/** A moment of each; `npm run fuzz` takes its time, and seeds of its own. */
const SHORT: readonly (readonly [target: string, cases: number])[] = [
  ['mail', 2_500],
  ['diff', 200],
  ['maintainers', 200],
  ['config', 200],
  ['webhook', 150],
  ['api', 150],
];
/** The same each time: whoever changes something else is not held up by what was there before. */
const SEED = 1;

for (const [target, cases] of SHORT) {
  test(`${cases} cases of ${target} changed at random: no crash, no broken rule, no case that takes long`, () => {
    const asked = ['--target', target, '--runs', `${cases}`, '--seed', `${SEED}`];
    // In a process of its own: a case that never ends is told by its seed.
    const file = join(import.meta.dirname, 'fuzz.ts');
    const ended = spawnSync(process.execPath, [file, ...asked], { encoding: 'utf8' });
    assert.equal(ended.status, 0, ended.stdout + ended.stderr);
    assert.match(ended.stdout, new RegExp(`^${target}: ${cases} cases, no fault$`, 'm'));
  });
}
