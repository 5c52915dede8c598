import assert from 'node:assert/strict';
import { test } from 'node:test';
import { componentsOf, digestOf } from '../helpers/digests.ts';
import { type MailParts, mailText, patchBody } from '../helpers/mail-text.ts';

async function sizes(mails: readonly MailParts[]): Promise<number[]> {
  const digests = await Promise.all(mails.map((parts) => digestOf(mailText(parts))));
  return componentsOf(digests)
    .map((component) => component.length)
    .toSorted((one, other) => other - one);
}

const body = patchBody('f.c', 'x');

test('mails of one thread are one component, even through a mail that is missing', async () => {
  const talk = ['a', 'b'].map((id) => ({ id, subject: 'Re: x', replyTo: 'lost' }));
  assert.deepEqual(
    await sizes([...talk, { id: 'c', subject: 'Re: y', replyTo: 'a' }, { id: 'd', subject: 'z' }]),
    [3, 1],
  );
});

test('versions that are new roots meet by author and title', async () => {
  const mine = [
    { id: 'a', subject: '[PATCH] x86: fix', body },
    { id: 'b', subject: '[PATCH v2] x86: Fix!', body },
  ];
  assert.deepEqual(
    await sizes([...mine, { id: 'c', subject: '[PATCH] x86: fix', body, from: 'Bob <bob@example.org>' }]),
    [2, 1],
  );
});

test('parts of a series without threading meet by author, size and time', async () => {
  const parts = [1, 2, 3].map((n) => ({ id: `p${n}`, subject: `[PATCH ${n}/3] part ${n}`, body }));
  assert.deepEqual(await sizes(parts), [3]);
  const later = parts.map((part, index) => ({ ...part, date: `Mon, ${3 + 7 * index} Jun 2024 10:00:00 +0200` }));
  assert.deepEqual(await sizes(later), [1, 1, 1]);
});
