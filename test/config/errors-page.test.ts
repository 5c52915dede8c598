import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ERRORS, type ErrorCode, PatchloomError, exitCodeOf } from '../../src/util/errors.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/errors.md'), 'utf8');
const sections = page.split(/^## /m).slice(1);

test('docs/errors.md has one section for each code of the table, in its order', () => {
  assert.deepEqual(
    sections.map((section) => section.split('\n', 1)[0]),
    Object.keys(ERRORS),
  );
});

test('each section tells exit code, repetition, cause and remedy as they are', () => {
  for (const [index, code] of (Object.keys(ERRORS) as ErrorCode[]).entries()) {
    const text = sections[index] ?? '';
    const error = new PatchloomError(code, 'x');
    const head = `Exit code ${exitCodeOf(error)}. ${error.retry ? 'Tried' : 'Not tried'} again by itself.`;
    assert.ok(text.includes(head), `${code}: ${head}`);
    assert.match(text, /\*\*Cause\.\*\* \S.*\n\n\*\*Remedy\.\*\* \S/, code);
  }
});
