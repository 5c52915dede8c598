import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { scopeOf } from '../../src/review/scope.ts';
import { seriesId } from '../../src/series/series.ts';
import { answer, countedOn, derive, patchMail, ROB, seriesMails, tagsOf, toldAfter } from '../helpers/review.ts';

const ACK = `Acked-by: ${ROB}`;
const COVER = 'v1.0';
const ALL = [1, 2, 3, 4];

describe('a tag on the cover', () => {
  test('is for all patches, and is shown on the cover too', async () => {
    assert.deepEqual(await countedOn(COVER, ACK), ALL);
    const derived = await derive([...seriesMails(2), answer(COVER, ACK)]);
    const [series] = derived.series;
    assert.ok(series !== undefined);
    assert.deepEqual(
      derived.tags.get(seriesId(series))?.cover.map((tag) => tag.status),
      ['given'],
    );
    assert.equal(tagsOf(derived, 'v1.2')[0]?.why, 'reply to the cover: counts for all patches');
  });

  test('is narrowed by the patches that the sentence above it names', async () => {
    const words: readonly (readonly [text: string, patches: readonly number[]])[] = [
      ['For patch 1:', [1]],
      ['For patches 1-3:', [1, 2, 3]],
      ['For patches 1 to 3:', [1, 2, 3]],
      ['For patches 1, 2 and 4:', [1, 2, 4]],
      ['For patches 1-2 and 4:', [1, 2, 4]],
      ['For patches #2 and #3', [2, 3]],
      ['For patch 2/4:', [2]],
      ['for the patches 1 & 2', [1, 2]],
    ];
    for (const [text, patches] of words) assert.deepEqual(await countedOn(COVER, `${text}\n\n${ACK}`), patches, text);
  });

  test('is narrowed by words behind it', async () => {
    assert.deepEqual(await countedOn(COVER, `${ACK} # patches 1-2`), [1, 2]);
    assert.deepEqual(await countedOn(COVER, `${ACK} for patches 3 and 4`), [3, 4]);
    assert.deepEqual(await countedOn(COVER, `${ACK}\nfor patch 2.`), [2]);
  });

  test('keeps to the whole where the sentence says so', async () => {
    for (const text of [
      'For the series:',
      'For the whole series:',
      'For the entire patch set:',
      'All patches:',
      'For the rest:',
    ]) {
      assert.deepEqual(await countedOn(COVER, `${text}\n${ACK}`), ALL, text);
    }
  });

  test('with an area is for all patches, as far as the area goes', async () => {
    const derived = await derive([...seriesMails(2), answer(COVER, `For the Arm part:\n\n${ACK} # arm`)]);
    assert.deepEqual(
      [1, 2].map((n) => tagsOf(derived, `v1.${n}`)[0]?.area),
      ['arm', 'arm'],
    );
  });

  test('for numbers that the series does not have is doubtful', async () => {
    assert.deepEqual(await countedOn(COVER, `For patch 9:\n${ACK}`), []);
    const derived = await derive([...seriesMails(2), answer('v1.2', `For patch 9:\n${ACK}`)]);
    assert.deepEqual(
      tagsOf(derived, 'v1.2').map((tag) => [tag.status, tag.why]),
      [['doubtful', 'the mail names patch 9, of which the series has none']],
    );
  });

  test('of which two differ in scope go each to its own', async () => {
    const text = `For patch 1:\n\nReviewed-by: ${ROB}\n\nFor patches 3-4:\n\n${ACK}`;
    const derived = await derive([...seriesMails(4), answer(COVER, text)]);
    assert.deepEqual(
      ALL.map((n) => tagsOf(derived, `v1.${n}`).map((tag) => tag.kind)),
      [['Reviewed-by'], [], ['Acked-by'], ['Acked-by']],
    );
  });
});

describe('a tag on a patch', () => {
  test('is for that patch alone', async () => {
    assert.deepEqual(await countedOn('v1.2', ACK), [2]);
  });

  test('that speaks of the series is for all patches', async () => {
    for (const text of ['For the series:', 'For the whole series:', 'The series looks good.', 'For all patches:']) {
      assert.deepEqual(await countedOn('v1.2', `${text}\n${ACK}`), ALL, text);
    }
    assert.deepEqual(await countedOn('v1.2', `${ACK} for the entire patch set`), ALL);
  });

  test('that mentions a series in other words is for that patch alone', async () => {
    for (const text of ['I did not read the other series.', 'Please rebase the series.', 'A series of mistakes.']) {
      assert.deepEqual(await countedOn('v1.2', `${text}\n\n${ACK}`), [2], text);
    }
  });

  test('may name other patches', async () => {
    assert.deepEqual(await countedOn('v1.2', `For patches 2-3:\n${ACK}`), [2, 3]);
  });

  test('below a quoted "For the series:" inherits it', async () => {
    assert.deepEqual(
      await countedOn('v1.2', `> For the series:\n> Acked-by: Sue Second <sue@example.net>\n\n${ACK}`),
      ALL,
    );
    assert.deepEqual(await countedOn('v1.2', `> Some code for the series\n\n${ACK}`), [2]);
  });

  test('that is the only one says nothing new with "for the series"', async () => {
    const derived = await derive([patchMail('p', '[PATCH] fix'), answer('p', `For the series:\n${ACK}`)]);
    assert.equal(tagsOf(derived, 'p')[0]?.why, 'reply to the patch');
  });
});

describe('a part that is named in words', () => {
  test('is the area of the tag: "For the Arm part:"', async () => {
    const forms: readonly (readonly [text: string, area: string])[] = [
      [`For the Arm part:\n\n${ACK}`, 'Arm'],
      [`So for the x86 bits\n${ACK}`, 'x86'],
      [`Fine by me. For the tools/xl parts:\n${ACK}`, 'tools/xl'],
      [`${ACK} for the Arm part`, 'Arm'],
      [`For the Arm part: ${ACK}`, 'Arm'],
    ];
    for (const [body, area] of forms) {
      assert.deepEqual(await toldAfter(body), [`given Acked-by Rob Reviewer # ${area}`], body);
    }
  });

  test('is none where no part of the patch is meant', async () => {
    for (const text of [
      'For the most part,',
      'For the other parts I wait.',
      'On the whole part of me likes it,',
      'Thanks for the Arm parts!',
    ]) {
      assert.deepEqual(await toldAfter(`${text}\n\n${ACK}`), ['given Acked-by Rob Reviewer'], text);
    }
  });
});

test('numbers are read with bounds: no range and no text makes more than a thousand', () => {
  assert.equal((scopeOf('for patches 1-999999') as number[]).length <= 999, true);
  assert.deepEqual(scopeOf(`${'word '.repeat(100_000)} for patch 3`), null);
});

test('words that name a version or a line are no patch numbers', () => {
  for (const text of ['for 4.17', 'on line 3', 'for v2', 'to page 5']) assert.equal(scopeOf(text), null, text);
});
