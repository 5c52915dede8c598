import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { kindOf } from '../../src/review/kinds.ts';
import { nearestWord } from '../../src/review/spelling.ts';
import { derive, patchMail, ROB, tagsOf, told, toldAfter } from '../helpers/review.ts';
import { patchBody } from '../helpers/mail-text.ts';

describe('kinds', () => {
  test('do not depend on case', () => {
    for (const spelling of ['Release-acked-by', 'Release-Acked-by', 'Release-Acked-By', 'RELEASE-ACKED-BY']) {
      assert.equal(kindOf(spelling)?.kind, 'Release-acked-by');
    }
  });

  test('that the list misspells are read as what was meant', () => {
    const meant: Readonly<Record<string, string>> = {
      'Releae-Acked-by': 'Release-acked-by',
      'Relase-Acked-by': 'Release-acked-by',
      'Relese-Acked-by': 'Release-acked-by',
      'Released-Acked-By': 'Release-acked-by',
      'R-Acked-by': 'Release-acked-by',
      'Reviewwed-by': 'Reviewed-by',
      'Reviewd-by': 'Reviewed-by',
      'Reivewed-by': 'Reviewed-by',
      'Reviwed-by': 'Reviewed-by',
      'Ack-by': 'Acked-by',
      'Asked-by': 'Acked-by',
      'Signed-of-by': 'Signed-off-by',
      'Co-authored-by': 'Co-developed-by',
      'Reviewed-and-Tested-by': 'Reviewed-and-tested-by',
    };
    for (const [spelling, kind] of Object.entries(meant)) assert.equal(kindOf(spelling)?.kind, kind, spelling);
  });

  test('that stand against a patch block, in every spelling', () => {
    for (const spelling of ['Nacked-by', 'NAK-by', 'Nack-by', 'Not-acked-by', 'Not-Acked-By', 'Never-acked-by']) {
      assert.equal(kindOf(spelling)?.blocking, true, spelling);
    }
  });

  test('in the words of their giver are what they end in', () => {
    for (const spelling of [
      'Begrudgingly-acked-by',
      'Tentatively-acked-by',
      'Acked-and-reviewed-by',
      'Partially-reviewed-by',
    ]) {
      assert.equal(kindOf(spelling)?.review, true, spelling);
      assert.equal(kindOf(spelling)?.blocking, false, spelling);
    }
  });

  test('that nobody knows are tags without further meaning where they end in -by, else none', () => {
    assert.deepEqual(kindOf('Well-excellent-carry-on-then-by'), {
      kind: 'Well-excellent-carry-on-then-by',
      review: false,
      blocking: false,
      inReply: true,
      inPatch: false,
      thing: false,
    });
    for (const word of ['Skype', 'Von', 'Subject', 'by', '']) assert.equal(kindOf(word), null, word);
  });

  test('Message-Id, Link, Fixes and their like name a thing', () => {
    for (const word of ['Message-Id', 'Link', 'Fixes', 'Amends', 'Backport', 'Closes', 'Resolves', 'Origin']) {
      assert.equal(kindOf(word)?.thing, true, word);
    }
  });

  test('a misspelt tag counts, and says how it was written', async () => {
    const derived = await derive([
      patchMail('p', '[PATCH] fix'),
      { id: 'r', subject: 'Re: [PATCH] fix', replyTo: 'p', from: ROB, body: `Reviewd-by: ${ROB}\n` },
    ]);
    const [tag] = tagsOf(derived, 'p');
    assert.equal(tag?.kind, 'Reviewed-by');
    assert.equal(tag?.why, 'reply to the patch (written "Reviewd-by")');
  });
});

describe('a slip of the keyboard', () => {
  test('is at most two letters away, and one in a short word', () => {
    assert.equal(nearestWord('acked-bu', ['acked-by']), 'acked-by');
    assert.equal(nearestWord('aked-bu', ['acked-by']), null);
    assert.equal(nearestWord('reivewd-by', ['reviewed-by']), 'reviewed-by');
    assert.equal(nearestWord('rejected-by', ['reviewed-by', 'reported-by']), null);
  });

  test("between two words of equal distance is nobody's", () => {
    assert.equal(nearestWord('tasted-by', ['tested-by', 'tamted-by']), null);
  });

  test('never takes more than a bounded word', () => {
    assert.equal(nearestWord(`a${'b'.repeat(1_000_000)}`, ['acked-by']), null);
  });

  test('of an approval is never read as an objection, nor the other way round', () => {
    for (const word of ['Backed-by', 'Hacked-by', 'Packed-by', 'Naked-by']) {
      assert.notEqual(kindOf(word)?.review, true, word);
    }
  });
});

describe('in the text of the patch', () => {
  const withTags = (tags: string) =>
    patchMail('p', '[PATCH] fix', {
      body: patchBody('f.c', 'x', `Why.\n\nSigned-off-by: Ann Author <ann@example.org>\n${tags}`),
    });

  test('reviewer tags count as in-patch, with their areas', async () => {
    const derived = await derive([
      withTags(`Reviewed-by: ${ROB} # arm\nacked-by: Sue Second <sue@example.net>\nSuggested-by: ${ROB}`),
    ]);
    assert.deepEqual(told(tagsOf(derived, 'p')), [
      'in-patch Reviewed-by Rob Reviewer # arm',
      'in-patch Acked-by Sue Second',
      'in-patch Suggested-by Rob Reviewer',
    ]);
  });

  test('an objection that the author kept stands', async () => {
    const derived = await derive([withTags(`Nacked-by: ${ROB}`)]);
    assert.deepEqual(told(tagsOf(derived, 'p')), ['objection Nacked-by Rob Reviewer']);
  });

  test("names without an address are the author's word, and show no tag", async () => {
    assert.deepEqual(told(tagsOf(await derive([withTags('Reviewed-by: somebody')]), 'p')), []);
  });

  test('tag lines outside of the last paragraph are prose', async () => {
    const body = patchBody('f.c', 'x', `Reviewed-by: ${ROB}\n\nWhy.\n\nSigned-off-by: Ann Author <ann@example.org>`);
    assert.deepEqual(told(tagsOf(await derive([patchMail('p', '[PATCH] fix', { body })]), 'p')), []);
  });
});

test('any other *-by in a reply is kept, as given', async () => {
  assert.deepEqual(await toldAfter(`Compile-tested-by: ${ROB}`), ['given Compile-tested-by Rob Reviewer']);
  assert.deepEqual(await toldAfter(`Go-with-that-for-now-by: ${ROB}`), ['given Go-with-that-for-now-by Rob Reviewer']);
});
