import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OutgoingMessage } from '../../src/mail/outgoing.ts';
import { smtpSink } from '../../src/sink/smtp.ts';
import { startExim } from '../helpers/exim.ts';
import { requires } from '../helpers/requires.ts';

const MAIL: OutgoingMessage = {
  msgid: '<report-7@example.org>',
  from: { name: 'patchloom', email: 'bot@example.org' },
  to: [{ name: 'Änn', email: 'ann@example.org' }],
  cc: [],
  subject: 'Re: [PATCH] größer',
  inReplyTo: '<patch@example.org>',
  references: ['<patch@example.org>'],
  date: '2024-06-28T12:00:00Z',
  headers: { 'Auto-Submitted': 'auto-replied' },
  text: 'It does not build.\n.\nFrom here on.\n',
};

test(
  'a real Exim takes a mail, refuses one for now, refuses one for good, and knows a wrong password',
  requires('exim4'),
  async (t) => {
    await using exim = await startExim();
    const { host, port, user, password } = exim;
    const sink = smtpSink({ host, port, security: 'none', user, password });
    t.after(() => sink.close());
    await sink.verify();
    const sent = await sink.send(MAIL);
    assert.equal(sent.kind, 'sent', JSON.stringify(sent));
    const to = (email: string) => sink.send({ ...MAIL, to: [{ name: '', email }] });
    assert.equal((await to('tempfail@lists.test')).kind, 'retry');
    assert.equal((await to('nobody@lists.test')).kind, 'refused');
    const wrong = smtpSink({ host, port, security: 'none', user, password: 'wrong' });
    await assert.rejects(wrong.verify(), { code: 'SMTP_AUTH' });
    let mails = await exim.mails();
    for (const end = Date.now() + 10_000; mails.length === 0 && Date.now() < end; mails = await exim.mails())
      await sleep(20);
    assert.equal(mails.length, 1, await exim.log());
    assert.match(mails[0] ?? '', /^Message-ID: <report-7@example\.org>$/im);
    assert.match(mails[0] ?? '', /\n\nIt does not build\.\n\.\n/);
  },
);
