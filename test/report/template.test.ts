import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadTemplates } from '../../src/report/template.ts';
import { TEMPLATES } from './samples.ts';

/** The real templates, one of them changed. */
function load(file: string, change: (text: string) => string) {
  return () =>
    loadTemplates((name) => {
      const text = readFileSync(join(TEMPLATES, name), 'utf8');
      return name === file ? change(text) : text;
    });
}

test('an unknown placeholder is told at the start, with its line and the ones that there are', () => {
  assert.throws(
    load('held.eta', (text) => `${text}<%= it.serie %>\n`),
    { code: 'TEMPLATE_INVALID', message: /^held\.eta:\d+: unknown placeholder it\.serie; known: project, series, / },
  );
});

test('a template that does not compile or fails when it is filled is told at the start', () => {
  assert.throws(
    load('held.eta', () => '<% if ( { %>'),
    { code: 'TEMPLATE_INVALID', message: /^held\.eta: / },
  );
  assert.throws(
    load('held.eta', () => '<%= nobody.home %>'),
    { code: 'TEMPLATE_INVALID', message: /^held\.eta: nobody is not defined/ },
  );
  const missing = () =>
    loadTemplates(() => {
      throw new Error('no such file');
    });
  assert.throws(missing, { code: 'TEMPLATE_INVALID', message: 'build-failed.eta: no such file' });
});
