import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTransport } from 'nodemailer';
import { parseMessage } from '../../src/mail/parse.ts';
import { renderMessage } from '../../src/mail/render.ts';
import { imapSource } from '../../src/source/source.ts';
import { silentLog } from '../../src/util/log.ts';
import { startDovecot } from '../helpers/dovecot.ts';
import { startExim } from '../helpers/exim.ts';
import { requires } from '../helpers/requires.ts';

const NEEDS = { ...requires('dovecot'), ...requires('exim4'), ...requires('mlmmj-receive'), timeout: 60_000 };

test('a mail to the list comes back through Exim, mlmmj and IMAP as the message that was sent', NEEDS, async (t) => {
  await using exim = await startExim({ lists: { dev: ['bot@example.org'] } });
  await using dovecot = await startDovecot({ maildir: exim.maildir });
  const stop = new AbortController();
  t.after(() => stop.abort());
  const { host, port, user, password } = dovecot;
  const source = imapSource({ name: 'test', host, port, tls: false, user, password, folders: ['INBOX'] }, silentLog);
  const waiting = source.read(null, stop.signal)[Symbol.asyncIterator]().next();
  const sent = {
    msgid: '<loop-1@example.org>',
    from: { name: 'Änn', email: 'ann@example.org' },
    to: [{ name: '', email: 'dev@lists.test' }],
    cc: [],
    subject: '[PATCH] größe: fix',
    inReplyTo: null,
    references: [],
    date: '2024-06-28T15:31:13+01:00',
    headers: {},
    text: 'From here\n.\né\n',
  };
  const transport = createTransport({ host: exim.host, port: exim.port, secure: false, ignoreTLS: true });
  t.after(() => transport.close());
  await transport.sendMail({
    envelope: { from: 'ann@example.org', to: 'dev@lists.test' },
    raw: await renderMessage(sent),
  });
  const { value } = await waiting;
  const message = await parseMessage(value?.raw ?? Buffer.alloc(0));
  assert.deepEqual(
    // Servers may add empty lines at the end.
    [message.msgid, message.from, message.subject, message.text.trimEnd()],
    [sent.msgid, sent.from, sent.subject, sent.text.trimEnd()],
  );
  assert.deepEqual(message.listIds, ['dev.lists.test']);
  assert.deepEqual([message.oddities, message.automatic], [[], false]);
  assert.ok(message.posted > Date.parse(sent.date));
});
