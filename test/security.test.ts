import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../src/root.ts';

/** Each row of the threat model: what stands against it, by which tests. */
const ROWS = readFileSync(join(ROOT, 'docs/security.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (?:threat|---)/.test(line))
  .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
  .map(([, threat = '', defence = '', tests = '']) => ({ threat, defence, tests }));

test('every threat has a defence and a test', () => {
  assert.ok(ROWS.length >= 20);
  for (const { threat, defence, tests } of ROWS) {
    assert.notEqual(defence, '', threat);
    assert.match(tests, /test\/\S+\.test\.ts/, threat);
  }
});

test('every test that the threat model names is there', () => {
  for (const { threat, tests } of ROWS) {
    for (const part of tests.split(/;\s+(?=test\/)/)) {
      const [, file = '', names = ''] = /^(test\/[\w/.-]+\.test\.ts)(?:: (.*))?$/.exec(part) ?? [];
      assert.ok(existsSync(join(ROOT, file)), `${threat}: ${part}`);
      const source = readFileSync(join(ROOT, file), 'utf8');
      for (const [, name = ''] of names.matchAll(/"((?:[^"\\]|\\.)*)"/g)) {
        assert.ok(source.includes(name), `${threat}: ${file} has no test "${name}"`);
      }
    }
  }
});
