import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ROB, remarksIn, toldAfter } from '../helpers/review.ts';

const REVIEW = `Reviewed-by: ${ROB}`;
const GIVEN = ['given Reviewed-by Rob Reviewer'];

describe('a tag line', () => {
  test('names a kind and a person, at the start of a line', async () => {
    assert.deepEqual(await toldAfter(REVIEW), GIVEN);
  });

  test('may be moved in by one or two blanks; four blanks make an example of it', async () => {
    assert.deepEqual(await toldAfter(`  ${REVIEW}`), GIVEN);
    assert.deepEqual(await toldAfter(`    ${REVIEW}`), []);
  });

  test('may be bold, without the blank after its colon, or with a semicolon by a slip of the shift key', async () => {
    for (const line of [`*${REVIEW}*`, REVIEW.replace(': ', ':'), REVIEW.replace(':', ';'), `*Reviewed-by*: ${ROB}`]) {
      assert.deepEqual(await toldAfter(line), GIVEN, line);
    }
  });

  test('with a blank for the dash, or an address that lost its brackets, is one', async () => {
    for (const line of [`Reviewed by: ${ROB}`, 'Reviewed-by: Rob Reviewer rob@example.org'])
      assert.deepEqual(await toldAfter(line), GIVEN, line);
    assert.deepEqual(await toldAfter('Reviewed by: everybody who was there'), []);
  });

  test('whose address stands on the next line is one tag', async () => {
    assert.deepEqual(await toldAfter('Reviewed-by: Rob Reviewer\n <rob@example.org>'), GIVEN);
    assert.deepEqual(await toldAfter('Reviewed-by: Rob Reviewer\n<rob@example.org> # arm'), [
      'given Reviewed-by Rob Reviewer # arm',
    ]);
  });

  test('without an address counts only for the one who sends it', async () => {
    assert.deepEqual(await toldAfter('Reviewed-by: Rob'), GIVEN);
    assert.deepEqual(await toldAfter('Reviewed-by: Rob Reviewer # arm'), ['given Reviewed-by Rob Reviewer # arm']);
    assert.deepEqual(await toldAfter('Reviewed-by: Zoe'), []);
  });

  test('with a bare address is a tag', async () => {
    assert.deepEqual(await toldAfter('Reviewed-by: rob@example.org'), ['given Reviewed-by rob@example.org']);
  });

  test('keeps its area: after #, in square brackets or in round ones', async () => {
    const areas: readonly (readonly [tail: string, area: string])[] = [
      ['# arm', 'arm'],
      ['#arm part', 'arm part'],
      ['# Arm, common', 'Arm, common'],
      ['# !arm', '!arm'],
      ['[x86 bits]', 'x86 bits'],
      ['[x86,common]', 'x86,common'],
      ['(stubdom parts)', 'stubdom parts'],
    ];
    for (const [tail, area] of areas) {
      assert.deepEqual(await toldAfter(`${REVIEW} ${tail}`), [`given Reviewed-by Rob Reviewer # ${area}`], tail);
    }
  });

  test('is cleaned of what HTML mail and copying leave in it', async () => {
    const forms = [
      'Reviewed-by: Rob Reviewer &lt;rob@example.org&gt;',
      'Reviewed-by: Rob Reviewer <rob@example.org<mailto:rob@example.org>>',
      'Reviewed-by: Rob Reviewer <rob@example.org <mailto:rob@example.org>>',
      'Reviewed-by: Rob Reviewer <mailto:rob@example.org>',
      'Reviewed-by: Rob Reviewer <rob@example.org',
      'Reviewed-by: Rob Reviewer <rob@example.org>.',
      'Reviewed-by:\u00A0Rob Reviewer <rob@example.org>',
      'Reviewed-by: "Rob Reviewer" <rob@example.org>',
    ];
    for (const form of forms) {
      const [remark, ...more] = await remarksIn(form);
      assert.deepEqual(more, [], form);
      assert.deepEqual(
        [remark?.name, remark?.email, remark?.conditional],
        ['Rob Reviewer', 'rob@example.org', null],
        form,
      );
    }
  });

  test('at the end of a few words of the sender is one: "Looks good: Reviewed-by: …"', async () => {
    assert.deepEqual(await toldAfter(`Otherwise looks good: ${REVIEW}`), GIVEN);
    assert.deepEqual(await toldAfter(`So ${REVIEW}`), GIVEN);
  });

  test('of somebody else at the end of a few words is a story', async () => {
    assert.deepEqual(await toldAfter('This had Acked-by: Sue Second <sue@example.net>'), []);
    assert.deepEqual(await toldAfter('Also Acked-by: Sue Second <sue@example.net>'), []);
  });
});

describe('what is not the own text of a mail', () => {
  test('prose is never a tag, even where it starts with the word', async () => {
    const prose = [
      'Reviewed-by he sent last week',
      'Reviewed-by: he sent last week',
      "I'd give my Reviewed-by if this were split.",
      'Reviewed-by tag mean the person has looked.',
      'reviewed-by/acked-by tag.',
      'reviewed-by. I agree it is odd.',
      'Please do not add my Reviewed-by: yet.',
      'I would not block this.',
    ];
    for (const line of prose) assert.deepEqual(await toldAfter(line), [], line);
  });

  test('quotes in the forms of mail programs give none', async () => {
    for (const mark of ['> ', '>', '>> ', ' > ', '| ', '>\u00A0']) {
      assert.deepEqual(await toldAfter(`Sue wrote:\n${mark}${REVIEW}`), [], mark);
    }
  });

  test('below a signature mark, with or without its blank, nothing counts', async () => {
    assert.deepEqual(await toldAfter(`Thanks\n-- \n${REVIEW}`), []);
    assert.deepEqual(await toldAfter(`Thanks\n--\n${REVIEW}`), []);
  });

  test('a rule of two dashes above a quote is no signature', async () => {
    assert.deepEqual(await toldAfter(`One thing:\n--\n> old text\n\n${REVIEW}`), GIVEN);
  });

  test('list footers and unquoted originals give none', async () => {
    const rest = [
      `___________________________________\ndevel mailing list\n${REVIEW}`,
      `-----Original Message-----\nFrom: Sue\n${REVIEW}`,
      `________________________________\nFrom: Sue\nSent: today\n\n${REVIEW}`,
      `From: Sue Second <sue@example.net>\nSent: Monday\nTo: x\n\n${REVIEW}`,
      `Von: Sue Second <sue@example.net>\nGesendet: Montag\nAn: x\n\n${REVIEW}`,
    ];
    for (const text of rest) assert.deepEqual(await toldAfter(`Hello.\n\n${text}`), [], text);
  });

  test("a counter-patch keeps its own tags, and the words below it are the sender's again", async () => {
    const counter = `What about this?

Signed-off-by: ${ROB}
Tested-by: ${ROB}
---
diff --git a/f.c b/f.c
--- a/f.c
+++ b/f.c
@@ -1,2 +1,3 @@
 one
+${REVIEW}
 two
`;
    assert.deepEqual(await toldAfter(counter), []);
    assert.deepEqual(await toldAfter(`${counter}\nAcked-by: ${ROB}`), ['given Acked-by Rob Reviewer']);
  });

  test('a heading of a hunk that has lost its end, with nothing of a patch below it, is a line like any other', async () => {
    for (const heading of ['@@ -1,9 +1,9', '@@ -1,9 +1,9 @', '@@ -1 +1'])
      assert.deepEqual(await toldAfter(`${heading}\n\n${REVIEW}`), GIVEN, heading);
  });

  test('a patch pasted whole, with its mail header, keeps its tags', async () => {
    const pasted = `How about:\n\nFrom 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\nFrom: ${ROB}\nSubject: [PATCH] better\n\nWhy.\n\n${REVIEW}\n---\n f.c | 1 +\n`;
    assert.deepEqual(await toldAfter(pasted), []);
  });

  test('names of headers and contact lines are no kinds of tags', async () => {
    for (const line of [
      'Skype: rob@example.org',
      'Contact: rob@example.org',
      'Von: Rob <rob@example.org>',
      'Cc: rob@example.org',
    ]) {
      assert.deepEqual(await toldAfter(line), [], line);
    }
  });
});

describe('things', () => {
  test("asked for in a reply are shown, and are the author's to add", async () => {
    const asked = [
      'Fixes: 0123456789ab ("old")',
      'Amends: 0123456789ab ("x")',
      'Backport: 4.17+',
      'Link: https://example.org/x',
      'Closes: https://example.org/1',
      'Resolves: https://example.org/1',
      'Origin: https://example.org/linux.git 0123456789ab',
    ];
    for (const line of asked) {
      const kind = line.slice(0, line.indexOf(':'));
      assert.deepEqual(await toldAfter(line), [`doubtful ${kind} Rob Reviewer`], line);
    }
  });

  test('in prose are none: "Fixes: nothing", "Link: see above"', async () => {
    for (const line of ['Fixes: nothing', 'Link: see above', 'Origin: unknown'])
      assert.deepEqual(await toldAfter(line), []);
  });

  test('a Signed-off-by or Reported-by in a reply never counts', async () => {
    assert.deepEqual(await toldAfter(`Signed-off-by: ${ROB}`), ['doubtful Signed-off-by Rob Reviewer']);
    assert.deepEqual(await toldAfter(`Reported-by: ${ROB}`), ['doubtful Reported-by Rob Reviewer']);
  });
});
