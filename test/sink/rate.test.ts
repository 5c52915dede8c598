import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { maySend, stopReason } from '../../src/sink/rate.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const HOUR = 3_600_000;

test('mail leaves until the cap is reached, and again when the oldest is an hour old', () => {
  const now = 100 * HOUR;
  assert.deepEqual(maySend(now, [], null, 2), { kind: 'send' });
  assert.deepEqual(maySend(now, [now - 5, now - HOUR, now - 2 * HOUR], null, 2), { kind: 'send' });
  const full = maySend(now, [now - 5, now - 100], null, 2);
  assert.deepEqual(full, { kind: 'wait', until: now - 100 + HOUR, reason: '2 mails within one hour; the cap is 2' });
  assert.deepEqual(maySend(now - 100 + HOUR, [now - 5, now - 100], null, 2), { kind: 'send' });
  const over = maySend(now, [now - 5, now - 100, now - 200], null, 2);
  assert.equal(over.kind === 'wait' && over.until, now - 100 + HOUR);
});

test('a file STOP in the data directory stops all sending', async (t) => {
  const directory = tempDir(t);
  assert.equal(await stopReason(directory), null);
  writeFileSync(join(directory, 'STOP'), '');
  const reason = await stopReason(directory);
  assert.match(reason ?? '', /STOP exists; remove it to send again$/);
  assert.deepEqual(maySend(0, [], reason), { kind: 'stop', reason });
});
