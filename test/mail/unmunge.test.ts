import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Address } from '../../src/mail/message.ts';
import { parseMessage } from '../../src/mail/parse.ts';
import { rawMail } from '../helpers/mail.ts';

const LIST = { 'List-Id': 'Developers <dev.lists.example.org>', 'List-Post': '<mailto:dev@lists.example.org>' };
const MUNGED = { ...LIST, From: 'Ann Author via dev <dev@lists.example.org>' };
const ANN: Address = { name: 'Ann Author', email: 'ann@example.com' };

async function writer(headers: Readonly<Record<string, string | null>>): Promise<Address> {
  return (await parseMessage(rawMail(headers))).from;
}

test('Reply-To names the writer of a munged mail, and From stays as it is written', async () => {
  const message = await parseMessage(rawMail({ ...MUNGED, 'Reply-To': 'Ann Author <ann@example.com>' }));
  assert.deepEqual(message.from, ANN);
  assert.deepEqual(message.fromHeader, { name: 'Ann Author via dev', email: 'dev@lists.example.org' });
});

test('X-Original-From goes before Reply-To, and Reply-To before Cc', async () => {
  const original = { 'X-Original-From': 'Ann Author <ann@example.com>' };
  assert.deepEqual(await writer({ ...MUNGED, ...original, 'Reply-To': 'Bob <bob@example.com>' }), ANN);
  assert.deepEqual(
    await writer({ ...MUNGED, 'Reply-To': 'ann@example.com', Cc: 'Ann Author <other@example.com>' }),
    ANN,
  );
});

test('of several Reply-To addresses the one with the name is taken, the list never', async () => {
  const replyTo = 'dev@lists.example.org, Bob <bob@example.com>, Ann Author <ann@example.com>';
  assert.deepEqual(await writer({ ...MUNGED, 'Reply-To': replyTo }), ANN);
});

test('a Cc of the same name names the writer where nothing else does', async () => {
  const cc = 'Bob <bob@example.com>, "ANN author" <ann@example.com>';
  assert.equal((await writer({ ...MUNGED, 'Reply-To': 'dev@lists.example.org', Cc: cc })).email, 'ann@example.com');
});

test('where nothing names the writer From stays', async () => {
  assert.equal((await writer(MUNGED)).email, 'dev@lists.example.org');
});

test('an address in the place of the name is taken, also in the quotes of Google Groups', async () => {
  assert.deepEqual(await writer({ ...MUNGED, From: '"\'ann@example.com\' via dev" <dev@lists.example.org>' }), {
    name: '',
    email: 'ann@example.com',
  });
});

test('a mail that is not from the list itself is never un-munged: its headers are its own claim', async () => {
  const claim = { 'X-Original-From': 'Ann Author <ann@example.com>', 'Reply-To': 'Ann Author <ann@example.com>' };
  assert.equal((await writer({ ...LIST, ...claim, From: 'Ann Author via dev <eve@evil.org>' })).email, 'eve@evil.org');
  assert.equal((await writer({ ...LIST, ...claim, From: 'Eve <dev@lists.example.org>' })).name, 'Eve');
});

test('archives without list headers are un-munged where From is also a recipient', async () => {
  const headers = { From: MUNGED.From, 'Reply-To': 'Ann Author <ann@example.com>' };
  assert.deepEqual(await writer(headers), ANN);
  assert.equal((await writer({ ...headers, To: 'other@example.org' })).email, 'dev@lists.example.org');
});

test("kernel.org's relay is undone where its address holds the writer's", async () => {
  const relay = 'Ann Author via B4 Relay <devnull+ann.example.com@kernel.org>';
  assert.deepEqual(await writer({ ...LIST, From: relay, 'X-Original-From': 'Ann Author <ann@example.com>' }), ANN);
  assert.match((await writer({ ...LIST, From: relay, 'X-Original-From': 'Bob <bob@example.com>' })).email, /^devnull/);
});
