import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cappedBy, type SentMail, stopReason } from '../../src/sink/rate.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const HOUR = 3_600_000;
const NOW = 100 * HOUR;
const CAPS = { total: 4, list: 3, author: 2, series: 2 };
const MAIL = { lists: ['xen@lists.test'], authors: ['Ann@example.org'], series: 'one' };
const before = (ms: number, changes: Partial<SentMail> = {}): SentMail => ({
  lists: ['other@lists.test'],
  authors: ['bob@example.org'],
  series: 'two',
  at: NOW - ms,
  ...changes,
});

test('mail leaves until the cap of all is reached, and again when the oldest is an hour old', () => {
  assert.equal(cappedBy(NOW, [], MAIL, CAPS), null);
  const sent = [before(5), before(100), before(70), before(60), before(HOUR), before(2 * HOUR)];
  const full = cappedBy(NOW, sent, MAIL, CAPS);
  assert.deepEqual(full, { cap: 'total', name: '', most: 4, until: NOW - 100 + HOUR });
  assert.equal(cappedBy(NOW - 100 + HOUR, sent, MAIL, CAPS), null);
});

test('a list, an author and a series have caps of their own, whatever the case of an address', () => {
  const list = { lists: ['XEN@lists.test'] };
  assert.equal(cappedBy(NOW, [before(1, list), before(2, list), before(3, list)], MAIL, CAPS)?.cap, 'list');
  const author = { authors: ['ann@EXAMPLE.org'] };
  assert.equal(cappedBy(NOW, [before(1, author), before(2, author)], MAIL, CAPS)?.name, 'ann@example.org');
  const series = { series: 'one' };
  assert.equal(cappedBy(NOW, [before(1, series), before(2, series)], MAIL, CAPS)?.cap, 'series');
  assert.equal(cappedBy(NOW, [before(1), before(2), before(3)], MAIL, CAPS), null);
});

test('where two caps are full, the mail waits for the later one', () => {
  const both = { series: 'one', authors: ['ann@example.org'] };
  const sent = [before(900, { ...both, authors: [] }), before(500, both), before(1, { authors: both.authors })];
  assert.deepEqual(cappedBy(NOW, sent, MAIL, CAPS), {
    cap: 'author',
    name: 'ann@example.org',
    most: 2,
    until: NOW - 500 + HOUR,
  });
});

test('a file STOP in the data directory stops all sending', async (t) => {
  const directory = tempDir(t);
  assert.equal(await stopReason(directory), null);
  writeFileSync(join(directory, 'STOP'), '');
  assert.match((await stopReason(directory)) ?? '', /STOP exists; remove it to send again$/);
});
