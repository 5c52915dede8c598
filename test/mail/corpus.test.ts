import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseMessage } from '../../src/mail/parse.ts';
import { openPath } from '../../src/source/source.ts';

const corpus = process.env['PATCHLOOM_CORPUS'] ?? join(import.meta.dirname, '..', '..', '..', 'shared', 'corpus');
const ltp = join(corpus, 'ltp', 'ltp-2024.mbox.gz');

test('a year of a real list is read whole, its munged senders found, its odd mails told', {
  skip: existsSync(ltp) ? false : 'no corpus',
}, async () => {
  let mails = 0;
  let munged = 0;
  const odd: string[] = [];
  const source = await openPath(ltp);
  for await (const { raw } of source.read(null, new AbortController().signal)) {
    const message = await parseMessage(raw);
    mails += 1;
    odd.push(...message.oddities);
    assert.notEqual(message.from.email, 'ltp@lists.linux.it');
    if (message.fromHeader.email === 'ltp@lists.linux.it') munged += 1;
  }
  assert.deepEqual([mails, munged], [4_922, 777]);
  assert.deepEqual(odd, ['unknown charset y, read as utf-8', 'unknown charset y, read as utf-8']);
});
