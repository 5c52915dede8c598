import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { answer, derive, patchMail, ROB, seriesMails, SUE, tagsOf, told, toldOf } from '../helpers/review.ts';

const patch = patchMail('p', '[PATCH] fix');
const ACK = `Acked-by: ${ROB}`;

describe('of several words of one person', () => {
  test('the same tag counts once, with the first mail as its evidence', async () => {
    const mails = [patch, answer('p', ACK, { id: 'one' }), answer('p', ACK, { id: 'two' })];
    const tags = tagsOf(await derive(mails), 'p');
    assert.deepEqual(told(tags), ['given Acked-by Rob Reviewer']);
    assert.equal(tags[0]?.givenIn, '<one@example.org>');
  });

  test('another address of his makes no second tag', async () => {
    assert.deepEqual(
      await toldOf([patch, answer('p', ACK), answer('p', 'Acked-by: Rob Reviewer <rob@corp.example>')], 'p'),
      ['given Acked-by Rob Reviewer'],
    );
  });

  test('other kinds are other tags', async () => {
    assert.deepEqual(await toldOf([patch, answer('p', `Tested-by: ${ROB}\n${ACK}`)], 'p'), [
      'given Tested-by Rob Reviewer',
      'given Acked-by Rob Reviewer',
    ]);
  });

  test('a tag that stands in the patch is not given again by a reply', async () => {
    const body = String(patch.body).replace('\n---\n', `\n${ACK}\n---\n`);
    assert.deepEqual(await toldOf([{ ...patch, body }, answer('p', ACK)], 'p'), ['in-patch Acked-by Rob Reviewer']);
  });

  test('one on the cover and one on the patch are one tag of the patch', async () => {
    const mails = [...seriesMails(2), answer('v1.0', ACK), answer('v1.1', ACK)];
    assert.deepEqual(await toldOf(mails, 'v1.1'), ['given Acked-by Rob Reviewer']);
  });

  test('the areas of one person are all kept', async () => {
    const mails = [patch, answer('p', `${ACK} # arm`), answer('p', `${ACK} # x86`)];
    assert.deepEqual(await toldOf(mails, 'p'), [
      'given Acked-by Rob Reviewer # arm',
      'given Acked-by Rob Reviewer # x86',
    ]);
  });

  test('the whole stands above an area, whichever was said first', async () => {
    for (const words of [
      [ACK, `${ACK} # x86`],
      [`${ACK} # x86`, ACK],
    ]) {
      assert.deepEqual(await toldOf([patch, ...words.map((word) => answer('p', word))], 'p'), [
        'given Acked-by Rob Reviewer',
      ]);
    }
  });
});

describe('where the words are found', () => {
  test('a reply to a reply is about the patch above both', async () => {
    const mails = [patch, answer('p', 'Why?', { id: 'why' }), answer('why', ACK, { id: 'so' })];
    assert.deepEqual(await toldOf(mails, 'p'), ['given Acked-by Rob Reviewer']);
  });

  test('a reply that came before its patch is attached', async () => {
    assert.deepEqual(await toldOf([answer('p', ACK, { date: 'Mon, 3 Jun 2024 09:00:00 +0000' }), patch], 'p'), [
      'given Acked-by Rob Reviewer',
    ]);
  });

  test('a reply to a mail that never arrived goes by its References', async () => {
    const { replyTo: _, ...reply } = answer('p', ACK);
    const headers = 'In-Reply-To: <lost@example.org>\nReferences: <p@example.org> <lost@example.org>\n';
    assert.deepEqual(await toldOf([patch, { ...reply, headers }], 'p'), ['given Acked-by Rob Reviewer']);
  });

  test('a reply from several people keeps who said what', async () => {
    const mails = [patch, answer('p', ACK), answer('p', `Reviewed-by: ${SUE}`, { from: SUE })];
    assert.deepEqual(await toldOf(mails, 'p'), ['given Acked-by Rob Reviewer', 'given Reviewed-by Sue Second']);
  });

  test('every tag tells in which mail, when and why it is believed', async () => {
    const [tag] = tagsOf(
      await derive([patch, answer('p', `${ACK} # arm`, { id: 'r', date: 'Mon, 3 Jun 2024 12:30:00 +0200' })]),
      'p',
    );
    assert.deepEqual(tag, {
      kind: 'Acked-by',
      name: 'Rob Reviewer',
      email: 'rob@example.org',
      value: 'Rob Reviewer <rob@example.org> # arm',
      area: 'arm',
      givenIn: '<r@example.org>',
      date: '2024-06-03T12:30:00+02:00',
      status: 'given',
      sender: 'same',
      dkim: null,
      carriedFrom: null,
      why: 'reply to the patch',
    });
  });
});
