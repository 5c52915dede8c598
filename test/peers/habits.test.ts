/** Habits of xen-devel and LTP that the peers do not understand; each was seen on the list. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  answer,
  at,
  countedOn,
  derive,
  patchMail,
  ROB,
  seriesMails,
  SUE,
  tagsOf,
  toldAfter,
  toldOf,
} from '../helpers/review.ts';
import { dispositionOf, shape } from '../helpers/series.ts';

const ACK = `Acked-by: ${ROB}`;

describe('xen-devel', () => {
  test('one or two blanks before a tag are none of its business, four make an example', async () => {
    assert.deepEqual(await toldAfter(` Release-Acked-by: ${ROB}`), ['given Release-acked-by Rob Reviewer']);
    assert.deepEqual(await toldAfter(`e.g.\n\n    ${ACK}`), []);
  });

  test('a tag below a quoted "For the series:" has its scope', async () => {
    assert.deepEqual(await countedOn('v1.2', `> For the series:\n> Reviewed-by: ${SUE}\n\n${ACK}`), [1, 2, 3, 4]);
  });

  test('"With that,", "with it fixed", "I am fine with that:" hold a tag back', async () => {
    for (const text of ['With that,', 'with it fixed:', 'I am fine with that:']) {
      assert.deepEqual(await toldAfter(`${text}\n${ACK}`), ['conditional Acked-by Rob Reviewer'], text);
    }
  });

  test('"acked the patch and committed it" is a suggestion, "happy to fix this up on commit" is nothing', async () => {
    assert.deepEqual(await toldAfter('I fixed the commit message, acked the patch and committed it.'), [
      'doubtful Acked-by Rob Reviewer',
    ]);
    assert.deepEqual(await toldAfter('Happy to fix this up on commit.'), []);
    assert.deepEqual(await toldAfter('I would not block this.'), []);
  });

  test('a Nacked-by stays with v3 until it is taken back', async () => {
    const versions = [1, 2, 3].map((n) =>
      patchMail(`p${n}`, `[PATCH v${n}] fix`, { line: `x${n}`, date: at(n * 1000) }),
    );
    const mails = [...versions, answer('p1', `Nacked-by: ${ROB}`, { date: at(1100) })];
    assert.deepEqual(await toldOf(mails, 'p3'), ['objection Nacked-by Rob Reviewer']);
  });

  test('a ping that quotes the tags, from another address and without In-Reply-To, gives none', async () => {
    const { replyTo: _, ...ping } = answer('p', `> ${ACK}\n\nPing?`, {
      subject: 'Ping: [PATCH] fix',
      from: 'Ann Author <ann@home.example>',
      to: 'Ann Author <ann@example.org>',
    });
    const derived = await derive([patchMail('p', '[PATCH] fix'), ping]);
    assert.deepEqual(tagsOf(derived, 'p'), []);
    assert.equal(dispositionOf(derived, ping.id).kind, 'reply');
    assert.deepEqual(shape(derived.series), ['v1 complete p']);
  });

  test('a version that is a new root, renumbered and with one patch of three, is a version of the same work', async () => {
    const rest = patchMail('rest', '[PATCH v2] part 3', { line: 'line of part 3', date: at(2000) });
    const { series } = await derive([...seriesMails(3), rest]);
    assert.equal(new Set(series.map((one) => one.change)).size, 1);
  });

  test('mails of test machines are no patches', async () => {
    const derived = await derive([
      {
        id: 'osstest-1-mainreport',
        subject: '[xen-unstable-smoke test] 186213: tolerable all pass - PUSHED',
        body: 'x',
      },
      { id: 'xsa', subject: 'Xen Security Advisory 457 v1 - something', body: 'see attached' },
    ]);
    assert.deepEqual(derived.series, []);
  });

  test('an ImageBuilder mail without the word PATCH is one', async () => {
    for (const subject of ['[ImageBuilder] fix it', '[ImageBuilder v2] fix it', '[ImageBuilder][PATCH] fix it']) {
      assert.equal((await derive([patchMail('p', subject)])).series.length, 1, subject);
    }
  });
});

describe('LTP', () => {
  test('"For the rest also from me:" is for the series', async () => {
    assert.deepEqual(await countedOn('v1.1', `For the rest also from me:\n${ACK}`), [1, 2, 3, 4]);
  });

  test('"ACK for this patch", "LGTM", "+1" and "Tested with …" are suggestions', async () => {
    for (const text of ['ACK for this patch', 'LGTM', '+1']) {
      assert.deepEqual(
        (await toldAfter(text)).map((line) => line.split(' ')[0]),
        ['doubtful'],
        text,
      );
    }
  });

  test('"add my Reviewed-by:" and a tag without identity name the sender', async () => {
    const [line = ''] = await toldAfter('Feel free to add my Reviewed-by:');
    assert.equal(line === '' || line.startsWith('doubtful'), true, line);
  });

  test('a tag on an earlier posting of the same content is carried', async () => {
    const mails = [
      patchMail('a', '[LTP] [PATCH] fix', { line: 'x' }),
      answer('a', ACK, { date: at(10) }),
      patchMail('b', '[LTP] [PATCH RESEND] fix', { line: 'x', date: at(500) }),
    ];
    assert.deepEqual(await toldOf(mails, 'b'), ['carried Acked-by Rob Reviewer']);
  });

  test('a tag on a cover does not go to a patch that was reworked since', async () => {
    const mails = [
      ...seriesMails(2),
      answer('v1.0', ACK, { date: at(150) }),
      ...seriesMails(2, 2).map((mail) =>
        mail.id === 'v2.2' ? patchMail('v2.2', mail.subject, { replyTo: 'v2.0', line: 'new', date: at(202) }) : mail,
      ),
    ];
    assert.deepEqual(await toldOf(mails, 'v2.1'), ['carried Acked-by Rob Reviewer']);
    assert.deepEqual(await toldOf(mails, 'v2.2'), ['doubtful Acked-by Rob Reviewer']);
  });

  test('the forms of prefixes that the list has are read', async () => {
    for (const subject of [
      '[LTP] [PATCH,v2,1/1] x',
      '[PATCH 1/1 v2] x',
      '[PATCHv2] x',
      '[PATCH][V2,1/1] x',
      '[RFC[DO_NOT_MERGE][PATCH v2 1/1] x',
    ]) {
      const { series } = await derive([patchMail('p', subject)]);
      assert.deepEqual(shape(series), ['v2 complete p'], subject);
    }
  });
});
