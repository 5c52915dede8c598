import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { childOf, noteOf, unwrap } from '../../config/field.ts';
import { referenceText } from '../../config/reference.ts';
import { fileSchema } from '../../config/schema.ts';

test('docs/configuration.md is what npm run docs prints', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/configuration.md'), 'utf8');
  assert.equal(page, referenceText(), 'run: npm run docs');
});

test('every field of the schema has a meaning and says what is allowed', () => {
  const walk = (path: string, schema: z.core.$ZodType): void => {
    const note = noteOf(schema);
    assert.ok(note !== null && note.text !== '' && note.allowed !== '', `${path} has no note`);
    const inner = unwrap(schema);
    if (inner instanceof z.ZodObject) {
      for (const key of Object.keys(inner.shape)) walk(`${path}.${key}`, childOf(inner, key) ?? assert.fail());
    } else if (inner instanceof z.ZodRecord && inner.valueType instanceof z.ZodObject)
      walk(`${path}.*`, inner.valueType);
    else if (inner instanceof z.ZodArray && inner.element instanceof z.ZodObject) walk(`${path}[]`, inner.element);
  };
  walk('file', fileSchema);
});
