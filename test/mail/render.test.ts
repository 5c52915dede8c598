import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OutgoingMessage } from '../../src/mail/outgoing.ts';
import { parseMessage } from '../../src/mail/parse.ts';
import { renderMessage } from '../../src/mail/render.ts';

const OUT: OutgoingMessage = {
  msgid: '<report-1@bot.example.org>',
  from: { name: 'patchloom', email: 'bot@example.org' },
  to: [{ name: 'Roger Pau Monné', email: 'r@example.com' }],
  cc: [{ name: 'Doe, "Jo"', email: 'jo@example.com' }],
  subject: 'Re: [PATCH] x: fix',
  inReplyTo: '<p@x>',
  references: ['<root@x>', '<p@x>'],
  date: '2024-06-28T15:31:13+01:00',
  headers: { 'Auto-Submitted': 'auto-generated' },
  text: 'It applies.\n-- \npatchloom\n',
};

test('what is rendered reads back as what was meant', async () => {
  const message = await parseMessage(await renderMessage(OUT));
  assert.equal(message.msgid, OUT.msgid);
  assert.deepEqual([message.from, message.to, message.cc], [OUT.from, OUT.to, OUT.cc]);
  assert.deepEqual([message.inReplyTo, message.references], [OUT.inReplyTo, OUT.references]);
  assert.equal(Date.parse(message.date), Date.parse(OUT.date));
  assert.deepEqual([message.subject, message.text, message.automatic], [OUT.subject, OUT.text, true]);
  assert.deepEqual(message.oddities, []);
});

test('short ASCII text goes as it is, and every header is ASCII', async () => {
  const raw = (await renderMessage(OUT)).toString('latin1');
  assert.match(raw, /^Content-Transfer-Encoding: 7bit\r?$/m);
  assert.match(raw, /\r\n\r\nIt applies\.\r?\n-- \r?\npatchloom\r?\n$/);
  assert.doesNotMatch(raw, /[\x80-\xff]/);
});

test('text is never wrapped, whatever its length and letters', async () => {
  for (const text of [
    `${'long words '.repeat(300)}\n`,
    'é  trailing  \n\tx\n',
    `${'x'.repeat(2_000)}\n`,
    'From x\n.\n..\n',
  ]) {
    const raw = await renderMessage({ ...OUT, text });
    assert.equal((await parseMessage(raw)).text, text);
    assert.ok(
      raw
        .toString('latin1')
        .split(/\r?\n/)
        .every((line) => line.length <= 998),
    );
    assert.doesNotMatch(raw.toString('latin1'), /flowed/);
  }
});

test('no value can start a header of its own', async () => {
  const evil = 'x\r\nBcc: evil@example.org\n\nbody\u2028';
  const raw = await renderMessage({
    ...OUT,
    from: { name: evil, email: 'bot@example.org' },
    to: [{ name: evil, email: 'a@example.org' }],
    subject: evil,
    headers: { 'X-Patchloom': evil },
    inReplyTo: `<a@b>\r\nBcc: evil@example.org`,
    references: [`<a@b>\r\nBcc: evil@example.org`, '<fine@x>'],
  });
  const head = raw.toString('latin1').split(/\r?\n\r?\n/)[0] ?? '';
  assert.doesNotMatch(head, /^Bcc/im);
  const message = await parseMessage(raw);
  assert.deepEqual([message.references, message.inReplyTo, message.text], [['<fine@x>'], null, OUT.text]);
});

test('recipients with unusable addresses are left out; nobody left, a bad id and reserved headers are refused', async () => {
  const bad = { name: '', email: 'a@b>\r\nRCPT TO:<c@d' };
  assert.deepEqual((await parseMessage(await renderMessage({ ...OUT, to: [bad, ...OUT.to] }))).to, OUT.to);
  const refused: readonly Partial<OutgoingMessage>[] = [
    { to: [bad], cc: [] },
    { msgid: 'no brackets' },
    { from: bad },
    { date: 'today' },
    { headers: { Bcc: 'x@y' } },
    { headers: { 'X: y\r\nBcc': 'x' } },
  ];
  for (const change of refused) await assert.rejects(renderMessage({ ...OUT, ...change }), { code: 'INTERNAL' });
});

test('the answered mail is the last of References', async () => {
  const message = await parseMessage(await renderMessage({ ...OUT, references: ['<root@x>'] }));
  assert.deepEqual(message.references, ['<root@x>', '<p@x>']);
});
