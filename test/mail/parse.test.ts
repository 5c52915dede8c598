import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { messageHash, parseMessage } from '../../src/mail/parse.ts';
import { rawMail } from '../helpers/mail.ts';

test('a plain mail gives its headers, its text and no oddities', async () => {
  const raw = rawMail({ 'In-Reply-To': '<p@x>', References: '<r@x> <p@x>', Cc: 'Bob <bob@x.org>, eve@x.org' });
  const message = await parseMessage(raw);
  assert.equal(message.msgid, '<m1@example.org>');
  assert.equal(message.inReplyTo, '<p@x>');
  assert.deepEqual(message.references, ['<r@x>', '<p@x>']);
  assert.deepEqual(message.from, { name: 'Ann Author', email: 'ann@example.org' });
  assert.deepEqual(message.cc, [
    { name: 'Bob', email: 'bob@x.org' },
    { name: '', email: 'eve@x.org' },
  ]);
  assert.equal(message.subject, '[PATCH] x: fix');
  assert.equal(message.date, '2024-06-28T15:31:13+01:00');
  assert.equal(message.posted, Date.parse('2024-06-28T14:31:13Z'));
  assert.equal(message.text, 'text\n');
  assert.deepEqual(message.oddities, []);
});

test('the copies of mbox and IMAP have one hash and one body', async () => {
  const unix = rawMail({}, 'one\ntwo\n');
  const dos = Buffer.from(unix.toString().replaceAll('\n', '\r\n'));
  assert.equal(messageHash(unix), messageHash(dos));
  assert.deepEqual(await parseMessage(dos), await parseMessage(unix));
});

test('encoded words, raw UTF-8 and raw latin1 in headers are all read', async () => {
  const encoded = await parseMessage(
    rawMail({ From: '=?UTF-8?q?Roger=20Pau=20Monn=C3=A9?= <r@x.org>', Subject: '=?utf-8?B?w6k=?=\n =?utf-8?B?w6g=?=' }),
  );
  assert.equal(encoded.from.name, 'Roger Pau Monné');
  assert.equal(encoded.subject, 'éè');
  const raw = await parseMessage(rawMail({ From: '"Pau Monné, Roger" <r@x.org>', Subject: 'é folded\n\tsubject' }));
  assert.equal(raw.from.name, 'Pau Monné, Roger');
  assert.equal(raw.subject, 'é folded subject');
  const latin = Buffer.from(rawMail({ Subject: 'caf\u00e9' }).toString(), 'latin1');
  assert.equal((await parseMessage(latin)).subject, 'café');
});

test('addresses of several To lines and of groups are all taken', async () => {
  const raw = Buffer.from('To: a@x.org\nTo: Team: b@x.org, c@x.org;\nFrom: d@x.org\n\n');
  const emails = (await parseMessage(raw)).to.map((address) => address.email);
  assert.deepEqual(emails, ['a@x.org', 'b@x.org', 'c@x.org']);
});

test('control characters in a decoded subject become blanks', async () => {
  const message = await parseMessage(rawMail({ Subject: '=?utf-8?q?a=0D=0ABcc:_x=00?=' }));
  assert.equal(message.subject, 'a Bcc: x');
});

test('a mail without Message-ID is known by its hash', async () => {
  const raw = rawMail({ 'Message-ID': null });
  const message = await parseMessage(raw);
  assert.equal(message.msgid, `<${messageHash(raw)}@no-message-id.invalid>`);
  assert.ok(message.oddities.includes('no Message-ID'));
});

test('a Message-ID is kept verbatim, folded or without brackets', async () => {
  assert.equal(
    (await parseMessage(rawMail({ 'Message-ID': '\n <a_b=c+d@[127.0.0.1]>' }))).msgid,
    '<a_b=c+d@[127.0.0.1]>',
  );
  const bare = await parseMessage(rawMail({ 'Message-ID': 'a@b' }));
  assert.equal(bare.msgid, '<a@b>');
  assert.ok(bare.oddities.includes('Message-ID without brackets'));
});

test('comments beside the id of In-Reply-To are skipped', async () => {
  const message = await parseMessage(rawMail({ 'In-Reply-To': `Ann's message of "Fri, 28 Jun" <p@x> (ann@y)` }));
  assert.equal(message.inReplyTo, '<p@x>');
});

test('References lose repeats, and of very many the first and the last 99 stay', async () => {
  assert.deepEqual((await parseMessage(rawMail({ References: '<a@x> <b@x> <a@x>' }))).references, ['<a@x>', '<b@x>']);
  const many = Array.from({ length: 10_000 }, (_, index) => `<${index}@x>`);
  const message = await parseMessage(rawMail({ References: many.join('\n ') }));
  assert.equal(message.references.length, 100);
  assert.equal(message.references[0], '<0@x>');
  assert.equal(message.references.at(-1), '<9999@x>');
  assert.equal(message.oddities.length, 1);
});

test('List-Id gives the id without brackets in lower case', async () => {
  const message = await parseMessage(rawMail({ 'List-Id': 'Xen developers <Xen-Devel.lists.example.org>' }));
  assert.deepEqual(message.listIds, ['xen-devel.lists.example.org']);
});

test('empty input, a lone line and a header without a body are still messages', async () => {
  for (const raw of [Buffer.alloc(0), Buffer.from('hello'), Buffer.from('Subject: x')]) {
    const message = await parseMessage(raw);
    assert.match(message.msgid, /^<[0-9a-f]{64}@no-message-id\.invalid>$/);
    assert.equal(message.posted, 0);
    assert.equal(message.date, '1970-01-01T00:00:00+00:00');
    assert.ok(message.oddities.includes('no Date header'));
  }
  assert.equal((await parseMessage(Buffer.from('hello\nworld\n'))).text, 'hello\nworld\n');
});

test('a line that is no header is skipped and told', async () => {
  const message = await parseMessage(Buffer.from('From: a@x.org\nrubbish here\nSubject: kept\n\nbody\n'));
  assert.equal(message.subject, 'kept');
  assert.equal(message.text, 'body\n');
  assert.ok(message.oddities.includes('damaged header'));
});

test('NUL bytes survive in the body and are replaced in the text', async () => {
  const message = await parseMessage(rawMail({ Subject: 'a\0b' }, 'x\0y\n'));
  assert.deepEqual(Buffer.from(message.body), Buffer.from('x\0y\n'));
  assert.equal(message.text, 'x\uFFFDy\n');
  assert.equal(message.subject, 'a b');
});

test('five megabytes on one line are read, as body and as header', async () => {
  const long = 'x'.repeat(5 * 1024 * 1024);
  assert.equal((await parseMessage(rawMail({}, long))).body.length, long.length);
  assert.ok((await parseMessage(rawMail({ Subject: long }))).oddities.includes('damaged header'));
  assert.equal((await parseMessage(Buffer.from(long))).body.length, long.length);
});

test('hostile header syntax does not stop the reader', async () => {
  for (const part of [',', 'a:', '(', '<', '"\\', 'a@b,', '=?utf-8?q?', '=?x?b?/?= ', ';', 'a@']) {
    const value = part.repeat(Math.floor(100_000 / part.length));
    const message = await parseMessage(
      rawMail({ From: value, To: value, Subject: value, 'Content-Type': value, 'List-Id': value, Received: value }),
    );
    assert.equal(message.msgid, '<m1@example.org>');
  }
});

test('no bytes at all make the reader throw, and every part of the answer has its type', async () => {
  const whole = rawMail(
    { 'Content-Type': 'multipart/mixed; boundary=B', Received: 'from a by b.c; Fri, 28 Jun 2024 15:31:13 +0100' },
    '--B\nContent-Type: text/plain; charset=utf-8; format=flowed\nContent-Transfer-Encoding: quoted-printable\n\n=C3=A9 \nx\n--B--\n',
  );
  const damaged = fc
    .tuple(fc.nat(whole.length), fc.nat(whole.length), fc.uint8Array({ maxLength: 40 }))
    .map(([from, to, junk]) =>
      Buffer.concat([whole.subarray(0, Math.min(from, to)), junk, whole.subarray(Math.max(from, to))]),
    );
  await fc.assert(
    fc.asyncProperty(fc.oneof(damaged, fc.uint8Array({ maxLength: 400 })), async (raw) => {
      const message = await parseMessage(raw);
      assert.match(message.msgid, /^<[^<>\s]+>$/);
      assert.ok(Number.isFinite(message.posted) && !Number.isNaN(Date.parse(message.date)));
      assert.doesNotThrow(() => new TextDecoder(message.charset));
    }),
    { numRuns: 500 },
  );
});
