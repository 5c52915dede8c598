import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { answer, derive, patchMail, ROB, tagsOf, toldAfter } from '../helpers/review.ts';

const KINDS = ['Reviewed-by', 'Acked-by', 'Tested-by'] as const;
const doubtful = (kind: (typeof KINDS)[number]): string[] => [`doubtful ${kind} Rob Reviewer`];

describe('shorthand', () => {
  test('is found and is always doubtful', async () => {
    const forms: readonly (readonly [text: string, kind: (typeof KINDS)[number]])[] = [
      ['R-b: me', 'Reviewed-by'],
      ['R-b', 'Reviewed-by'],
      ['RB.', 'Reviewed-by'],
      ['Reviewed-by me.', 'Reviewed-by'],
      ['Ack', 'Acked-by'],
      ['Ack.', 'Acked-by'],
      ['Acked.', 'Acked-by'],
      ['ACK for this patch', 'Acked-by'],
      ['A-b', 'Acked-by'],
      ['Acked-by me', 'Acked-by'],
      ["Ack'd", 'Acked-by'],
      ['T-b', 'Tested-by'],
    ];
    for (const [text, kind] of forms) assert.deepEqual(await toldAfter(`Hi,\n\n${text}\n\nRob`), doubtful(kind), text);
  });

  test('in the middle of a sentence, in a quote or in a long line is none', async () => {
    for (const text of [
      'please get an Ack from Sue',
      '> Ack',
      `Ack. ${'x'.repeat(200)}`,
      'Acknowledged that, but no',
      'Ack-ing is hard',
    ]) {
      assert.deepEqual(await toldAfter(text), [], text);
    }
  });
});

describe('soft words', () => {
  test('are shown as a suggestion with their sentence, and never count', async () => {
    const words: readonly (readonly [text: string, kind: (typeof KINDS)[number]])[] = [
      ['Looks good to me.', 'Reviewed-by'],
      ['This looks fine, thanks.', 'Reviewed-by'],
      ['LGTM', 'Reviewed-by'],
      ["I'm fine with this.", 'Reviewed-by'],
      ['I fixed the message, acked the patch and committed it.', 'Acked-by'],
      ['+1', 'Acked-by'],
      ['I have tested this on a board.', 'Tested-by'],
      ['Works for me.', 'Tested-by'],
    ];
    for (const [text, kind] of words) {
      const derived = await derive([patchMail('p', '[PATCH] fix'), answer('p', text)]);
      const tags = tagsOf(derived, 'p');
      assert.deepEqual(
        tags.map((tag) => [tag.status, tag.kind]),
        [['doubtful', kind]],
        text,
      );
      assert.equal(tags[0]?.why, `only in words: "${text}"`);
    }
  });

  test('that are negated, wished for or asked are none', async () => {
    const words = [
      'This does not look good to me.',
      'That would look good to me if it built.',
      'Does this look good to you?',
      "I haven't tested this.",
      'Looks good except for the comment.',
    ];
    for (const text of words) assert.deepEqual(await toldAfter(text), [], text);
  });

  test('beside a real tag of the same mail are not repeated', async () => {
    assert.deepEqual(await toldAfter(`Looks good to me.\n\nAcked-by: ${ROB}`), ['given Acked-by Rob Reviewer']);
  });

  test('become needless once the same person gives the tag', async () => {
    const derived = await derive([
      patchMail('p', '[PATCH] fix'),
      answer('p', 'Looks good to me.'),
      answer('p', `Reviewed-by: ${ROB}`),
    ]);
    assert.deepEqual(
      tagsOf(derived, 'p').map((tag) => tag.status),
      ['given'],
    );
  });

  test('of the author about his own patch are no suggestion of a review', async () => {
    const derived = await derive([
      patchMail('p', '[PATCH] fix'),
      answer('p', 'Looks good to me.', { from: 'Ann Author <ann@example.org>' }),
    ]);
    assert.deepEqual(
      tagsOf(derived, 'p').filter((tag) => tag.kind === 'Reviewed-by'),
      [],
    );
  });
});
