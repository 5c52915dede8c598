import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { listing } from '../../src/report/listing.ts';
import { colours, plain } from '../../src/report/paint.ts';
import { showChange } from '../../src/report/show.ts';
import { widthOf } from '../../src/report/text.ts';
import { conflicting, facts, POSTED, series } from './samples.ts';

const NOW = POSTED + 3 * 86_400_000;
const older = {
  ...facts,
  series: {
    ...series,
    version: 1,
    linked: [],
    state: 'superseded' as const,
    posted: POSTED - 30 * 86_400_000,
    msgid: '<v1-0@example.org>',
  },
  mirror: conflicting,
  checks: [],
  readiness: { state: 'unknown' as const, missing: [] },
};
const hostile = {
  ...older,
  series: {
    ...series,
    state: 'held' as const,
    missing: [3],
    patches: series.patches.slice(0, 2),
    subject: `evil\n\u001b[31m${'パッチ'.repeat(40)}`,
    author: { name: '\u202eEve\r\nEve', email: 'eve@example.org' },
  },
  mirror: null,
};

function golden(name: string, text: string): void {
  const file = join(import.meta.dirname, 'golden', `${name}.txt`);
  if (process.env['GOLDEN'] === 'write') writeFileSync(file, text);
  assert.equal(text, readFileSync(file, 'utf8'));
}

test('the listing has one line of at most 100 columns for each version', () => {
  const text = listing([facts, older, hostile], NOW, plain);
  golden('listing', text);
  for (const line of text.trimEnd().split('\n')) assert.ok(widthOf(line) <= 100, line);
  assert.equal(text.trimEnd().split('\n').length, 4);
  assert.equal(listing([], NOW, plain), '');
});

test('colour is added only where it is asked for, and changes nothing else', () => {
  const coloured = listing([facts, older], NOW, colours);
  assert.match(coloured, /\u001b\[31mfail/);
  const stripped = coloured.replaceAll(/\u001b\[\d+m/g, '').replaceAll(/ +$/gm, '');
  assert.equal(stripped, listing([facts, older], NOW, plain));
});

test('one change is shown with its versions, newest first, and with what each tag counts for', () => {
  golden('show', showChange([older, facts], NOW, plain));
  assert.equal(showChange([], NOW, plain), '');
  const lines = showChange([hostile], NOW, plain);
  assert.doesNotMatch(lines, /[\u001b\u202e\r]/);
});

test('what people have set of patches is shown with who did it; a state of all patches stands for the series', () => {
  const mark = {
    archived: true,
    delegate: 'mona@example.org',
    commit_ref: null,
    by: 'robot',
    date: '2024-06-03T00:00:00Z',
  };
  const [first] = facts.series.patches;
  const one = { ...facts, marks: new Map([[first?.msgid ?? '', { ...mark, state: 'deferred' }]]) };
  assert.match(
    showChange([one], NOW, plain),
    /^ {4}set by robot: deferred, archived, delegated to mona@example\.org$/m,
  );
  assert.doesNotMatch(listing([one], NOW, plain), /deferred/, 'one of three');
  const all = facts.series.patches.map(({ msgid }) => [msgid, { ...mark, state: 'deferred' }] as const);
  assert.match(listing([{ ...facts, marks: new Map(all) }], NOW, plain), / deferred /);
});
