import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { answer, derive, patchMail, ROB, SUE, tagsOf, told, toldAfter, toldOf } from '../helpers/review.ts';

const ACK = `Acked-by: ${ROB}`;
const patch = patchMail('p', '[PATCH] fix');

describe('a tag on a condition', () => {
  test('is one where the sentence above it makes it depend on something, and shows the sentence', async () => {
    const sentences = [
      'With this fixed:',
      'With that,',
      'With the comma dropped:',
      'With these changes addressed',
      'LGTM with the commit message adjusted',
      'If you drop the last hunk:',
      'Once that is done,',
      'Provided the tests pass:',
      'Assuming this was built on Arm:',
      'Subject to the rename,',
      'I am fine with that:',
    ];
    for (const sentence of sentences) {
      const derived = await derive([patch, answer('p', `${sentence}\n${ACK}`)]);
      const [tag] = tagsOf(derived, 'p');
      assert.equal(tag?.status, 'conditional', sentence);
      assert.equal(tag.why.includes(sentence.replace(/[,:]$/, '')), true, tag.why);
    }
  });

  test('is one where the condition follows it', async () => {
    assert.deepEqual(await toldAfter(`${ACK}\nwith the comma dropped.`), ['conditional Acked-by Rob Reviewer']);
    assert.deepEqual(await toldAfter(`${ACK} with the comma dropped`), ['conditional Acked-by Rob Reviewer']);
    assert.deepEqual(await toldAfter(`${ACK}\nif the comment is extended.`), ['conditional Acked-by Rob Reviewer']);
    assert.deepEqual(await toldAfter(`${ACK}\nif that helps.`), ['given Acked-by Rob Reviewer']);
    assert.deepEqual(await toldAfter(`${ACK}, but see below`), ['conditional Acked-by Rob Reviewer']);
  });

  test('is none where the wish does not hold it back', async () => {
    for (const sentence of [
      'Preferably with that adjusted,',
      'If you like, rename it.',
      'Ideally with a comment added:',
      'Either way',
      'With or without that changed:',
      "Thanks for the explanation, that's fine.",
      'I would write it so, but this is not a blocker:',
    ]) {
      assert.deepEqual(await toldAfter(`${sentence}\n\n${ACK}`), ['given Acked-by Rob Reviewer'], sentence);
    }
  });

  test('is none where the condition belongs to an earlier sentence', async () => {
    assert.deepEqual(await toldAfter(`If it breaks we shall see. The rest is good.\n\n${ACK}`), [
      'given Acked-by Rob Reviewer',
    ]);
  });

  test('becomes a given one when the same person gives it', async () => {
    assert.deepEqual(await toldOf([patch, answer('p', `With this fixed:\n${ACK}`), answer('p', ACK)], 'p'), [
      'given Acked-by Rob Reviewer',
    ]);
  });

  test('of an objection is an objection all the same', async () => {
    assert.deepEqual(await toldAfter(`Unless you drop this:\nNacked-by: ${ROB}`), ['objection Nacked-by Rob Reviewer']);
  });
});

describe('an objection', () => {
  test('is a Nacked-by, a Not-acked-by, or a bare NAK at the start of a line', async () => {
    for (const text of [`Nacked-by: ${ROB}`, 'NAK', 'NACK.', 'NAK, this breaks Arm', 'Nacked.']) {
      assert.deepEqual(await toldAfter(text), ['objection Nacked-by Rob Reviewer'], text);
    }
    assert.deepEqual(await toldAfter(`Not-acked-by: ${ROB}`), ['objection Not-acked-by Rob Reviewer']);
  });

  test('is not the word in a quote, in the middle of a sentence or of another mail program', async () => {
    for (const text of ['> NAK', 'Sue sent a NAK last week', 'NAKed pointers are bad', 'nacks']) {
      assert.deepEqual(await toldAfter(text), [], text);
    }
  });

  test('in plain words is one: "I object"', async () => {
    for (const text of ['I object to this.', 'I object.', 'I still object to this patch.']) {
      const derived = await derive([patch, answer('p', text)]);
      assert.deepEqual(told(tagsOf(derived, 'p')), ['objection Nacked-by Rob Reviewer'], text);
    }
    for (const text of [
      "I don't object.",
      'I object to nothing here, go ahead',
      'the object file',
      'Would you object to a rename?',
      'If you object, say so.',
    ]) {
      assert.deepEqual(await toldAfter(text), [], text);
    }
  });

  test('takes back the approval that the same person gave before', async () => {
    assert.deepEqual(await toldOf([patch, answer('p', ACK), answer('p', `Nacked-by: ${ROB}`)], 'p'), [
      'withdrawn Acked-by Rob Reviewer',
      'objection Nacked-by Rob Reviewer',
    ]);
  });

  test("ends with a later approval of the same person, not with another's", async () => {
    const nak = answer('p', 'NAK');
    assert.deepEqual(await toldOf([patch, nak, answer('p', `Acked-by: ${SUE}`, { from: SUE })], 'p'), [
      'objection Nacked-by Rob Reviewer',
      'given Acked-by Sue Second',
    ]);
    assert.deepEqual(await toldOf([patch, nak, answer('p', ACK)], 'p'), [
      'withdrawn Nacked-by Rob Reviewer',
      'given Acked-by Rob Reviewer',
    ]);
  });

  test('does not end with a conditional or a doubtful approval', async () => {
    const nak = answer('p', 'NAK');
    assert.equal(
      (await toldOf([patch, nak, answer('p', `With this fixed:\n${ACK}`)], 'p'))[0],
      'objection Nacked-by Rob Reviewer',
    );
    assert.equal(
      (await toldOf([patch, nak, answer('p', 'Looks good to me.')], 'p'))[0],
      'objection Nacked-by Rob Reviewer',
    );
  });

  test('that somebody else writes in his name is doubtful and takes nothing back', async () => {
    assert.deepEqual(await toldOf([patch, answer('p', ACK), answer('p', `Nacked-by: ${ROB}`, { from: SUE })], 'p'), [
      'given Acked-by Rob Reviewer',
      'doubtful Nacked-by Rob Reviewer',
    ]);
  });
});

describe('a withdrawal', () => {
  test('takes back the tag of that kind, and its evidence stays', async () => {
    for (const words of ['I withdraw my', 'Please drop my', 'I hereby retract my']) {
      assert.deepEqual(
        await toldOf([patch, answer('p', ACK), answer('p', `${words}\n${ACK}`)], 'p'),
        ['withdrawn Acked-by Rob Reviewer', 'withdrawn Acked-by Rob Reviewer'].slice(0, 1),
        words,
      );
    }
  });

  test('in a sentence with the kind but without an address is one too', async () => {
    for (const text of ['I withdraw my Acked-by.', 'Please drop my Acked-by for now.', 'I take back my ack.']) {
      assert.deepEqual(
        await toldOf([patch, answer('p', ACK), answer('p', text)], 'p'),
        ['withdrawn Acked-by Rob Reviewer'],
        text,
      );
    }
  });

  test('of somebody else takes nothing back', async () => {
    const mails = [patch, answer('p', ACK), answer('p', `I withdraw my\n${ACK}`, { from: SUE })];
    assert.deepEqual(await toldOf(mails, 'p'), ['given Acked-by Rob Reviewer']);
    const spoken = [patch, answer('p', ACK), answer('p', 'I withdraw my Acked-by.', { from: SUE })];
    assert.equal((await toldOf(spoken, 'p'))[0], 'given Acked-by Rob Reviewer');
  });

  test('of an objection ends it', async () => {
    for (const text of ['I withdraw my NAK.', 'I withdraw my objection.', 'Please drop my Nacked-by.']) {
      assert.deepEqual(
        await toldOf([patch, answer('p', 'NAK'), answer('p', text)], 'p'),
        ['withdrawn Nacked-by Rob Reviewer'],
        text,
      );
    }
  });

  test('that is only talked about is none', async () => {
    for (const text of [
      "Please don't drop my Acked-by.",
      'Why did you drop my Acked-by?',
      'You may drop my Acked-by if you change more.',
      'You dropped my Acked-by.',
    ]) {
      assert.equal(
        (await toldOf([patch, answer('p', ACK), answer('p', text)], 'p')).includes('given Acked-by Rob Reviewer'),
        true,
        text,
      );
    }
  });

  test('may itself be taken back', async () => {
    const mails = [patch, answer('p', ACK), answer('p', `I withdraw my\n${ACK}`), answer('p', ACK)];
    assert.equal((await toldOf(mails, 'p')).includes('given Acked-by Rob Reviewer'), true);
  });
});
