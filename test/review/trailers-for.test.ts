import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { addTrailers } from '../../src/patch/trailers.ts';
import { trailersFor } from '../../src/review/trailers-for.ts';
import { answer, derive, patchMail, ROB, SUE, tagsOf } from '../helpers/review.ts';
import type { MailParts } from '../helpers/mail-text.ts';

const patch = patchMail('p', '[PATCH] fix');
const SIGNED = 'x: fix\n\nWhy.\n\nSigned-off-by: Ann Author <ann@example.org>\n';

async function linesAfter(mails: readonly MailParts[]): Promise<string[]> {
  const derived = await derive([patch, ...mails]);
  return trailersFor(tagsOf(derived, 'p')).map(({ kind, value }) => `${kind}: ${value}`);
}

async function messageAfter(message: string, mails: readonly MailParts[]): Promise<string> {
  return addTrailers(message, trailersFor(tagsOf(await derive([patch, ...mails]), 'p')));
}

describe('the trailers of a commit', () => {
  test('come in the order in which they were given, whatever the zones of the writers', async () => {
    assert.deepEqual(
      await linesAfter([
        answer('p', `Tested-by: ${SUE}`, { from: SUE, date: 'Mon, 3 Jun 2024 16:00:00 +0900' }),
        answer('p', `Acked-by: ${ROB}`, { date: 'Mon, 3 Jun 2024 08:00:00 +0200' }),
      ]),
      [`Acked-by: ${ROB}`, `Tested-by: ${SUE}`],
    );
  });

  test('are only what counts', async () => {
    const zoe = 'Zoe Third <zoe@example.net>';
    assert.deepEqual(
      await linesAfter([
        answer('p', `With this fixed:\nAcked-by: ${SUE}`, { from: SUE }),
        answer('p', 'Looks good to me.', { from: zoe }),
        answer('p', 'NAK', { from: 'Ned Fourth <ned@example.net>' }),
        answer('p', `Reviewed-by: ${ROB}`),
      ]),
      [`Reviewed-by: ${ROB}`],
    );
  });

  test('have the canonical spelling, the area, and nothing of what mail programs left', async () => {
    const forms: readonly (readonly [body: string, line: string])[] = [
      ['release-ACKED-by: Rob Reviewer <rob@example.org>', 'Release-acked-by: Rob Reviewer <rob@example.org>'],
      ['Acked-by: Rob Reviewer <rob@example.org> # arm', 'Acked-by: Rob Reviewer <rob@example.org> # arm'],
      ['Acked-by: Rob Reviewer <rob@example.org> [x86 bits]', 'Acked-by: Rob Reviewer <rob@example.org> [x86 bits]'],
      [
        'Acked-by: Rob Reviewer <rob@example.org> (stubdom parts)',
        'Acked-by: Rob Reviewer <rob@example.org> (stubdom parts)',
      ],
      ['Acked-by: Rob Reviewer <rob@example.org<mailto:rob@example.org>>', 'Acked-by: Rob Reviewer <rob@example.org>'],
      ['Acked-by: Rob Reviewer &lt;rob@example.org&gt;', 'Acked-by: Rob Reviewer <rob@example.org>'],
      ['Acked-by: Rob Reviewer <rob@example.org>.', 'Acked-by: Rob Reviewer <rob@example.org>'],
      ['Acked-by: Rob Reviewer <rob@example.org', 'Acked-by: Rob Reviewer <rob@example.org>'],
      ['Acked-by: Rob Reviewer\n <rob@example.org>', 'Acked-by: Rob Reviewer <rob@example.org>'],
      ['*Acked-by: Rob Reviewer <rob@example.org>*', 'Acked-by: Rob Reviewer <rob@example.org>'],
      ['Acked-by: Rob Reviewer', 'Acked-by: Rob Reviewer <rob@example.org>'],
      ['Acked-by: rob@example.org', 'Acked-by: <rob@example.org>'],
    ];
    for (const [body, line] of forms) assert.deepEqual(await linesAfter([answer('p', body)]), [line], body);
  });

  test("stand below the author's own as one block, and never twice", async () => {
    const mails = [answer('p', `Acked-by: ${ROB}`), answer('p', `Reviewed-by: ${SUE}`, { from: SUE })];
    const message = await messageAfter(SIGNED, mails);
    assert.equal(message, `${SIGNED}Acked-by: ${ROB}\nReviewed-by: ${SUE}\n`);
    assert.equal(await messageAfter(message, mails), message);
  });

  test('for two areas are two, and an area beside the whole is none', async () => {
    const both = [answer('p', `Acked-by: ${ROB} # arm`), answer('p', `Acked-by: ${ROB} # x86`)];
    assert.equal(await messageAfter(SIGNED, both), `${SIGNED}Acked-by: ${ROB} # arm\nAcked-by: ${ROB} # x86\n`);
    const whole = `${SIGNED}Acked-by: ${ROB}\n`;
    assert.equal(await messageAfter(whole, both), whole);
    const bracketed = `${SIGNED}Acked-by: ${ROB} [arm]\nAcked-by: ${ROB} (x86)\n`;
    assert.equal(await messageAfter(bracketed, both), bracketed);
  });

  test('begin a block of their own where the message has none', async () => {
    assert.equal(
      await messageAfter('x: fix\n\nWhy.\n', [answer('p', `Acked-by: ${ROB}`)]),
      `x: fix\n\nWhy.\n\nAcked-by: ${ROB}\n`,
    );
    assert.equal(await messageAfter('x: fix\n', [answer('p', `Acked-by: ${ROB}`)]), `x: fix\n\nAcked-by: ${ROB}\n`);
  });

  test('go to the end of the message, not above a rule of dashes in it', async () => {
    const message = 'x: fix\n\nbefore   after\n----- table -----\n\nSigned-off-by: Ann Author <ann@example.org>\n';
    assert.equal(await messageAfter(message, [answer('p', `Acked-by: ${ROB}`)]), `${message}Acked-by: ${ROB}\n`);
  });
});
