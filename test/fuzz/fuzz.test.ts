import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

/** A moment of each, after all that the corpus holds for it; `npm run fuzz` takes its time, and seeds of its own. */
const SHORT: readonly (readonly [target: string, cases: number, corpora: readonly string[]])[] = [
  ['mail', 2_500, ['mail', 'mime']],
  ['diff', 200, ['diff']],
  ['maintainers', 200, ['maintainers']],
  ['config', 200, ['config']],
  ['webhook', 150, ['webhook']],
  ['api', 150, ['api', 'xmlrpc']],
];
/** The same each time: whoever changes something else is not held up by what was there before. */
const SEED = 1;

for (const [target, cases, corpora] of SHORT) {
  test(`every saved case of ${target}, and ${cases} changed at random: no crash, no broken rule, none takes long`, () => {
    const asked = ['--target', target, '--runs', `${cases}`, '--seed', `${SEED}`];
    // In a process of its own: a case that never ends is told by its seed.
    const file = join(import.meta.dirname, 'fuzz.ts');
    const ended = spawnSync(process.execPath, [file, ...asked], { encoding: 'utf8' });
    assert.equal(ended.status, 0, ended.stdout + ended.stderr);
    const told = new RegExp(`^${target}: (\\d+) saved and ${cases} changed cases, no fault$`, 'm').exec(ended.stdout);
    const files = corpora.flatMap((name) => readdirSync(join(import.meta.dirname, 'corpus', name)));
    assert.ok(Number(told?.[1]) >= files.length, ended.stdout);
  });
}
