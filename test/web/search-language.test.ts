import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BadRequest } from '../../src/web/bad-request.ts';
import { parseSearch, searchQuery } from '../../src/web/search-language.ts';

const NOW = Date.parse('2024-07-01T12:00:00Z');
const DAY = 86_400_000;
const read = (text: string, me = '') => parseSearch(text, { me, now: NOW });
const text = (fields: readonly string[], words: string, not = false) => ({ not, kind: 'text', fields, text: words });

test('words, phrases and their opposites', () => {
  assert.deepEqual(read('vpci "in a row" -arm'), [
    text(['words'], 'vpci'),
    text(['words'], 'in a row'),
    text(['words'], 'arm', true),
  ]);
});

test('people, paths and quoted values', () => {
  assert.deepEqual(read('author:jan REVIEWER:"Julien Grall" -path:xen/arch'), [
    text(['author'], 'jan'),
    text(['reviewer'], 'Julien Grall'),
    text(['path'], 'xen/arch', true),
  ]);
});

test('"me" is the address that comes with the query, and has to', () => {
  assert.deepEqual(read('waiting:me', 'ada@example.org'), [text(['waiting', 'asked'], 'ada@example.org')]);
  assert.throws(() => read('author:me'), BadRequest);
});

test('what looks like a key and is none are words: subjects have colons', () => {
  assert.deepEqual(read('x86: fix constructor:x'), [
    text(['words'], 'x86:'),
    text(['words'], 'fix'),
    text(['words'], 'constructor:x'),
  ]);
});

test('ages are younger than, unless they say older', () => {
  const [young, old] = read('age:7d age:>4w');
  assert.deepEqual(young, { not: false, kind: 'posted', from: NOW - 7 * DAY, until: 8.64e15 });
  assert.deepEqual(old, { not: false, kind: 'posted', from: -8.64e15, until: NOW - 28 * DAY });
});

test('states, readiness, targets and what a series has', () => {
  assert.deepEqual(read('state:held ready:no target:none -has:tags'), [
    { not: false, kind: 'state', state: 'held' },
    { not: false, kind: 'ready', states: ['waiting', 'blocked', 'unknown'] },
    { not: false, kind: 'target', target: '' },
    { not: true, kind: 'has', what: 'tags' },
  ]);
});

test('what people have set: one state, any, or those by which a series is set aside', () => {
  const [one, any, aside] = read('-mark:Rejected mark:any mark:aside');
  assert.deepEqual(one, { not: true, kind: 'mark', states: ['rejected'] });
  assert.ok(any?.kind === 'mark' && aside?.kind === 'mark');
  const others = any.states.filter((state) => !aside.states.includes(state));
  assert.deepEqual(others, ['new', 'under-review'], 'in which somebody is expected to do something');
});

test('a value that a key does not take is refused with those that it does', () => {
  for (const bad of ['state:open', 'ready:x', 'ready:toString', 'has:x', 'mark:x', 'age:x', 'age:7', '-', 'author:""'])
    assert.throws(() => read(bad), BadRequest, bad);
});

test('old versions are listed only where they are asked for', () => {
  const latest = (words: string) => searchQuery(read(words), null, 'newest').latest;
  assert.equal(latest(''), true);
  assert.equal(latest('state:superseded'), false);
  assert.equal(latest('-state:superseded'), true);
});
