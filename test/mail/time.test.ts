import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMailDate } from '../../src/mail/date.ts';
import { parseMessage } from '../../src/mail/parse.ts';
import { rawMail } from '../helpers/mail.ts';

const LIST = { 'List-Id': '<dev.lists.example.org>' };

function received(...hops: readonly (readonly [string, string])[]): string {
  return hops
    .map(([host, time]) => `from a.b (c [1.2.3.4])\n by ${host} (Postfix) with ESMTP id 1\n for <x@y>; ${time}`)
    .join('\nReceived: ');
}

test('dates keep their zone, and obsolete forms are read', () => {
  const forms: Readonly<Record<string, string | null>> = {
    'Fri, 28 Jun 2024 15:31:13 +0100 (BST)': '2024-06-28T15:31:13+01:00',
    '28 Jun 24 15:31 GMT': '2024-06-28T15:31:00+00:00',
    'Fri,  8 Jun 2007 01:02:03 EDT': '2007-06-08T01:02:03-04:00',
    'Sat, 1 Feb 99 00:00:00 -0530': '1999-02-01T00:00:00-05:30',
    'Fri, 30 Feb 2024 15:31:13 +0100': null,
    'Fri, 28 Jun 2024 25:31:13 +0100': null,
    'Fri, 28 Jun 2024 15:31:13 +9900': null,
    yesterday: null,
  };
  for (const [text, iso] of Object.entries(forms)) assert.equal(parseMailDate(text)?.iso ?? null, iso, text);
});

test("the time of posting is the topmost Received line of the list's own host", async () => {
  const hops = received(
    ['mail.archive.net', 'Fri, 5 Jul 2024 10:00:00 +0000'],
    ['mx.example.org', 'Fri, 28 Jun 2024 14:40:00 +0000'],
    ['mx.example.org', 'Fri, 28 Jun 2024 14:32:00 +0000'],
    ['smtp.author.net', 'Fri, 28 Jun 2024 14:31:20 +0000'],
  );
  const message = await parseMessage(rawMail({ Received: hops, ...LIST }));
  assert.equal(message.posted, Date.parse('2024-06-28T14:40:00Z'));
  assert.equal(message.date, '2024-06-28T15:31:13+01:00');
});

test('a host that only ends like the list is not its host', async () => {
  const hops = received(['mx.notexample.org', 'Fri, 5 Jul 2024 10:00:00 +0000']);
  assert.equal((await parseMessage(rawMail({ Received: hops, ...LIST }))).posted, Date.parse('2024-06-28T14:31:13Z'));
  const short = received(['mx.other.org', 'Fri, 5 Jul 2024 10:00:00 +0000']);
  assert.equal(
    (await parseMessage(rawMail({ Received: short, 'List-Id': '<list.org>' }))).posted,
    Date.parse('2024-06-28T14:31:13Z'),
  );
});

test('without such a line it is Date, but never later than a Received line', async () => {
  const hops = received(['mx.me.net', 'Fri, 28 Jun 2024 14:32:00 +0000']);
  assert.equal((await parseMessage(rawMail({ Received: hops }))).posted, Date.parse('2024-06-28T14:31:13Z'));
  const ahead = await parseMessage(rawMail({ Received: hops, Date: 'Mon, 28 Jun 2027 10:00:00 +0000' }));
  assert.equal(ahead.posted, Date.parse('2024-06-28T14:32:00Z'));
});

test('a mail without a usable Date takes the time of posting, else the epoch, and says so', async () => {
  const hops = received(['mx.me.net', 'Fri, 28 Jun 2024 14:32:00 +0000']);
  for (const date of [null, 'tomorrow', 'Fri, 31 Jun 2024 10:00:00 +0000']) {
    const message = await parseMessage(rawMail({ Received: hops, Date: date }));
    assert.equal(message.date, '2024-06-28T14:32:00+00:00');
    assert.equal(message.oddities.length, 1);
  }
  assert.equal((await parseMessage(rawMail({ Date: null }))).posted, 0);
});
