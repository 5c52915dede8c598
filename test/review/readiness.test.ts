import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readinessOf } from '../../src/review/readiness.ts';
import type { Readiness } from '../../src/review/tag.ts';
import { seriesId } from '../../src/series/series.ts';
import type { MailParts } from '../helpers/mail-text.ts';
import { answer, derive, ROB, seriesMails, SUE } from '../helpers/review.ts';

const ACK = `Acked-by: ${ROB}`;

async function readiness(mails: readonly MailParts[]): Promise<Pick<Readiness, 'state' | 'missing'>> {
  const { series, tags } = await derive(mails);
  const [one] = series;
  assert.ok(one !== undefined);
  const { state, missing } = readinessOf(one, tags.get(seriesId(one)) ?? { cover: [], patches: new Map() });
  return { state, missing };
}

test('a series is ready when somebody else has approved every patch', async () => {
  assert.deepEqual(await readiness([...seriesMails(2), answer('v1.0', ACK)]), { state: 'ready', missing: [] });
});

test('it waits for the patches that nobody has approved', async () => {
  assert.deepEqual(await readiness([...seriesMails(2), answer('v1.1', ACK)]), {
    state: 'waiting',
    missing: ['patch 2: no Acked-by or Reviewed-by by somebody other than the author'],
  });
});

test("a Tested-by, a condition, soft words and the author's own word approve nothing", async () => {
  const words: readonly (readonly [body: string, from: string])[] = [
    [`Tested-by: ${ROB}`, ROB],
    [`With this fixed:\n${ACK}`, ROB],
    ['Looks good to me.', ROB],
    ['Acked-by: Ann Author <ann@example.org>', 'Ann Author <ann@example.org>'],
    [ACK, SUE],
  ];
  for (const [body, from] of words) {
    assert.equal((await readiness([...seriesMails(1), answer('v1.0', body, { from })])).state, 'waiting', body);
  }
});

test('an open objection blocks what everybody else has approved', async () => {
  const { state, missing } = await readiness([
    ...seriesMails(2),
    answer('v1.0', ACK),
    answer('v1.2', 'NAK', { from: SUE }),
  ]);
  assert.deepEqual([state, missing], ['blocked', ['patch 2: Nacked-by Sue Second <sue@example.net>']]);
});

test('it waits for patches that have not arrived', async () => {
  const [cover, first] = seriesMails(2);
  assert.ok(cover !== undefined && first !== undefined);
  const { state, missing } = await readiness([cover, first, answer('v1.1', ACK)]);
  assert.deepEqual([state, missing], ['waiting', ['patch 2 has not arrived']]);
});
