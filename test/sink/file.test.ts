import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { OutgoingMessage } from '../../src/mail/outgoing.ts';
import { fileSink } from '../../src/sink/file.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const MAIL: OutgoingMessage = {
  msgid: '<../../evil/$(id)@bot.example.org>',
  from: { name: 'patchloom', email: 'bot@example.org' },
  to: [{ name: 'Ann', email: 'ann@example.org' }],
  cc: [],
  subject: 'Re: [PATCH] x',
  inReplyTo: null,
  references: [],
  date: '2024-06-28T12:00:00Z',
  headers: {},
  text: 'It does not build.\n',
};

test('each mail becomes one file; the same mail again replaces itself', async (t) => {
  const directory = join(tempDir(t), 'out');
  const sink = fileSink(directory);
  await sink.verify();
  const result = await sink.send(MAIL);
  await sink.send(MAIL);
  assert.deepEqual(readdirSync(directory), ['20240628T120000-evilid@bot.example.org.eml']);
  assert.equal(result.kind, 'sent');
  const text = readFileSync(result.kind === 'sent' ? result.response : '', 'utf8');
  assert.match(text, /^Subject: Re: \[PATCH\] x\r$/m);
});

test('a place that cannot be written is told, and the mail waits', async (t) => {
  const directory = tempDir(t);
  writeFileSync(join(directory, 'file'), '');
  const sink = fileSink(join(directory, 'file'));
  await assert.rejects(sink.verify(), { code: 'STORE_UNUSABLE' });
  assert.equal((await sink.send(MAIL)).kind, 'retry');
});
