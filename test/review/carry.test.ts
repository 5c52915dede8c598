import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { MailParts } from '../helpers/mail-text.ts';
import { answer, at, derive, patchMail, ROB, SUE, tagsOf, told, toldOf } from '../helpers/review.ts';

const ACK = `Acked-by: ${ROB}`;
const v1 = patchMail('v1', '[PATCH] fix', { line: 'same', date: at(0) });
const same = patchMail('v2', '[PATCH v2] fix', { line: 'same', date: at(2000) });
const changed = patchMail('v2', '[PATCH v2] fix', { line: 'other', date: at(2000) });
const onV1 = answer('v1', ACK, { date: at(10) });

function withTag(mail: MailParts, tag: string): MailParts {
  return { ...mail, body: String(mail.body).replace('\n---\n', `\n${tag}\n---\n`) };
}

describe('from one version to the next', () => {
  test('a tag is carried where the patch is unchanged, and says from where', async () => {
    const tags = tagsOf(await derive([v1, onV1, same]), 'v2');
    assert.deepEqual(told(tags), ['carried Acked-by Rob Reviewer']);
    assert.equal(tags[0]?.carriedFrom, '<v1@example.org>');
    assert.equal(tags[0].why, 'given on v1; the patch has not changed since');
  });

  test('a tag is offered where the patch changed, and does not count', async () => {
    const tags = tagsOf(await derive([v1, onV1, changed]), 'v2');
    assert.deepEqual(told(tags), ['doubtful Acked-by Rob Reviewer']);
    assert.equal(tags[0]?.carriedFrom, '<v1@example.org>');
    assert.match(tags[0].why, /offered, not carried/);
  });

  test('a tag that the author took over counts, and says that the patch changed', async () => {
    const tags = tagsOf(await derive([v1, onV1, withTag(changed, ACK)]), 'v2');
    assert.deepEqual(told(tags), ['in-patch Acked-by Rob Reviewer']);
    assert.equal(tags[0]?.why, 'kept by the author; the patch has changed since it was given on v1');
  });

  test('a tag that the author took over onto the unchanged patch needs no remark', async () => {
    const tags = tagsOf(await derive([v1, onV1, withTag(same, ACK)]), 'v2');
    assert.deepEqual(
      tags.map((tag) => [tag.status, tag.why]),
      [['in-patch', 'stands in the text of the patch']],
    );
  });

  test('an objection is handed on, changed or not, until it is taken back', async () => {
    const nak = answer('v1', 'NAK', { date: at(10) });
    for (const next of [same, changed]) {
      assert.deepEqual(await toldOf([v1, nak, next], 'v2'), ['objection Nacked-by Rob Reviewer']);
    }
    const later = answer('v2', ACK, { date: at(2010) });
    assert.equal((await toldOf([v1, nak, changed, later], 'v2')).includes('objection Nacked-by Rob Reviewer'), false);
    const back = answer('v2', 'I withdraw my NAK.', { date: at(2010) });
    assert.equal((await toldOf([v1, nak, changed, back], 'v2')).includes('objection Nacked-by Rob Reviewer'), false);
  });

  test("an objection is not ended by a trailer that the author wrote in its giver's name", async () => {
    const nak = answer('v1', 'NAK', { date: at(10) });
    assert.equal(
      (await toldOf([v1, nak, withTag(changed, ACK)], 'v2')).includes('objection Nacked-by Rob Reviewer'),
      true,
    );
  });

  test('what ended on one version does not come back with the next', async () => {
    const v3 = patchMail('v3', '[PATCH v3] fix', { line: 'same', date: at(3000) });
    const nak = answer('v1', 'NAK', { date: at(10) });
    const approved = answer('v2', ACK, { date: at(2010) });
    assert.deepEqual(await toldOf([v1, nak, same, approved, v3], 'v3'), ['carried Acked-by Rob Reviewer']);
    const back = answer('v2', 'I withdraw my Acked-by.', { date: at(2010) });
    assert.deepEqual(await toldOf([v1, onV1, same, back, v3], 'v3'), []);
  });

  test('an approval does not survive an objection to the next version', async () => {
    const nak = answer('v2', 'NAK', { date: at(2010) });
    assert.deepEqual(await toldOf([v1, onV1, same, nak], 'v2'), ['objection Nacked-by Rob Reviewer']);
  });

  test('each area is carried by itself', async () => {
    const mails = [
      v1,
      answer('v1', `${ACK} # arm`, { date: at(10) }),
      same,
      answer('v2', `${ACK} # x86`, { date: at(2010) }),
    ];
    assert.deepEqual(await toldOf(mails, 'v2'), [
      'given Acked-by Rob Reviewer # x86',
      'carried Acked-by Rob Reviewer # arm',
    ]);
  });

  test('a conditional, a doubtful and a withdrawn tag are not carried', async () => {
    for (const text of [`With this fixed:\n${ACK}`, 'Looks good to me.', `Acked-by: ${SUE}`, 'Ack']) {
      assert.deepEqual(await toldOf([v1, answer('v1', text, { date: at(10) }), same], 'v2'), [], text);
    }
    const back = answer('v1', 'I withdraw my Acked-by.', { date: at(11) });
    assert.deepEqual(await toldOf([v1, onV1, back, same], 'v2'), []);
  });

  test('a tag withdrawn on the new version is not carried onto it', async () => {
    const back = answer('v2', 'I withdraw my Acked-by.', { date: at(2010) });
    assert.deepEqual(await toldOf([v1, onV1, same, back], 'v2'), ['withdrawn Acked-by Rob Reviewer']);
  });

  test('a tag given on the new version is not carried beside it', async () => {
    const again = answer('v2', ACK, { date: at(2010) });
    assert.deepEqual(await toldOf([v1, onV1, same, again], 'v2'), ['given Acked-by Rob Reviewer']);
  });

  test('a tag goes through several unchanged versions, and ends where the patch changes', async () => {
    const v3 = patchMail('v3', '[PATCH v3] fix', { line: 'same', date: at(3000) });
    const tags = tagsOf(await derive([v1, onV1, same, v3]), 'v3');
    assert.deepEqual(
      tags.map((tag) => [tag.status, tag.carriedFrom]),
      [['carried', '<v1@example.org>']],
    );
    const other = patchMail('v3', '[PATCH v3] fix', { line: 'third', date: at(3000) });
    assert.equal((await toldOf([v1, onV1, same, other], 'v3')).includes('carried Acked-by Rob Reviewer'), false);
  });

  test('a tag given late on the old version is carried as well', async () => {
    assert.deepEqual(await toldOf([v1, same, answer('v1', ACK, { date: at(2500) })], 'v2'), [
      'carried Acked-by Rob Reviewer',
    ]);
  });

  test('a new version hands nothing back to the old one', async () => {
    assert.deepEqual(await toldOf([v1, same, answer('v2', ACK, { date: at(2500) })], 'v1'), []);
  });

  test('a patch is followed by its content where the title changed, and by its title where the content did', async () => {
    const series = (v: string, one: string, two: string, minutes: number): MailParts[] => [
      { id: `${v}.0`, subject: `[PATCH ${v} 0/2] work`, date: at(minutes) },
      patchMail(`${v}.1`, `[PATCH ${v} 1/2] ${one}`, { line: 'a', replyTo: `${v}.0`, date: at(minutes + 1) }),
      patchMail(`${v}.2`, `[PATCH ${v} 2/2] ${two}`, { line: 'b', replyTo: `${v}.0`, date: at(minutes + 2) }),
    ];
    const mails = [
      ...series('v2', 'first', 'second', 0),
      answer('v2.1', ACK, { date: at(10) }),
      ...series('v3', 'second', 'first with another title', 2000).map((mail) =>
        mail.id === 'v3.1'
          ? patchMail('v3.1', mail.subject, { line: 'b', replyTo: 'v3.0', date: at(2001) })
          : mail.id === 'v3.2'
            ? patchMail('v3.2', mail.subject, { line: 'a', replyTo: 'v3.0', date: at(2002) })
            : mail,
      ),
    ];
    assert.deepEqual(await toldOf(mails, 'v3.2'), ['carried Acked-by Rob Reviewer']);
    assert.deepEqual(await toldOf(mails, 'v3.1'), []);
  });

  test('another project or another author gets nothing carried', async () => {
    const theirs = patchMail('v2', '[PATCH v2] fix', { line: 'same', date: at(2000), from: SUE });
    assert.deepEqual(await toldOf([v1, onV1, theirs], 'v2'), []);
  });
});
