/** Faults of b4 (git.kernel.org/pub/scm/utils/b4) in reading the list, and what is right. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseMessage } from '../../src/mail/parse.ts';
import { addTrailers } from '../../src/patch/trailers.ts';
import { parseSubject } from '../../src/patch/subject.ts';
import { readinessOf } from '../../src/review/readiness.ts';
import { COUNTING } from '../../src/review/tag.ts';
import { trailersFor } from '../../src/review/trailers-for.ts';
import { seriesId } from '../../src/series/series.ts';
import { mailText, type MailParts, patchBody } from '../helpers/mail-text.ts';
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
  told,
  toldAfter,
  toldOf,
} from '../helpers/review.ts';
import { shape } from '../helpers/series.ts';

const ACK = `Acked-by: ${ROB}`;
const BOB = 'Bob Builder <bob@example.org>';
const patch = patchMail('p', '[PATCH] fix');

async function trailersAfter(body: string, rest: Partial<MailParts> = {}): Promise<string[]> {
  const derived = await derive([patch, answer('p', body, rest)]);
  return trailersFor(tagsOf(derived, 'p')).map(({ kind, value }) => `${kind}: ${value}`);
}

describe('b4: who says a tag', () => {
  test("b4: a stranger's tag is not laundered by somebody's answer to it", async () => {
    const forged = answer('p', 'Reviewed-by: Other Person <evil@example.org>', { id: 'forged' });
    const bob = answer('forged', `Tested-by: ${BOB}`, { from: BOB });
    assert.deepEqual(await toldOf([patch, forged, bob], 'p'), [
      'doubtful Reviewed-by Other Person',
      'given Tested-by Bob Builder',
    ]);
  });

  test("b4: a comma in From does not let anybody's tag in", async () => {
    const from = '"Iewer, Rev" <rev@example.org>';
    assert.deepEqual(await toldAfter('Reviewed-by: Any Stranger <any@example.net>', { from }), [
      'doubtful Reviewed-by Any Stranger',
    ]);
    assert.deepEqual(await toldAfter('Reviewed-by: Rev Iewer <rev@example.org>', { from }), [
      'given Reviewed-by Rev Iewer',
    ]);
  });

  test('b4: a tag from a sender whose From the list has rewritten is not lost', async () => {
    const from = 'Rob Reviewer via Xen-devel <xen-devel@lists.example.org>';
    const headers = `List-Id: <xen-devel.lists.example.org>\nReply-To: ${ROB}\n`;
    assert.deepEqual(await toldAfter(ACK, { from, headers }), ['given Acked-by Rob Reviewer']);
  });

  test('b4: a patch whose From the list has rewritten has its author', async () => {
    const from = 'Ann Author via devel <devel@lists.example.org>';
    const headers = 'List-Id: <devel.lists.example.org>\nReply-To: Ann Author <ann@example.org>\n';
    const { series } = await derive([patchMail('p', '[PATCH] fix', { from, headers })]);
    assert.deepEqual(series[0]?.patches[0]?.author, { name: 'Ann Author', email: 'ann@example.org' });
  });

  test('b4: an address of a sub-domain or with a detail is the same person by name or address', async () => {
    assert.deepEqual(await toldAfter('Acked-by: Rob Reviewer <rob@mail.example.org>'), ['given Acked-by Rob Reviewer']);
    assert.deepEqual(await toldAfter('Acked-by: R <rob+kernel@example.org>'), ['given Acked-by R']);
  });
});

describe('b4: what is a tag', () => {
  test('b4: Nacked-by and Not-acked-by are objections, no trailers, and block', async () => {
    for (const kind of ['Nacked-by', 'Not-acked-by']) {
      const derived = await derive([
        patch,
        answer('p', `${kind}: ${ROB}`),
        answer('p', `Acked-by: ${SUE}`, { from: SUE }),
      ]);
      assert.deepEqual(
        trailersFor(tagsOf(derived, 'p')).map((one) => one.kind),
        ['Acked-by'],
      );
      const [series] = derived.series;
      const tags = series === undefined ? undefined : derived.tags.get(seriesId(series));
      assert.ok(series !== undefined && tags !== undefined);
      assert.equal(readinessOf(series, tags).state, 'blocked');
    }
  });

  test('b4: a bare NAK is seen', async () => {
    assert.deepEqual(await toldAfter('NAK'), ['objection Nacked-by Rob Reviewer']);
  });

  test('b4: "you can add my / Reviewed-by … / but as is NAK" is no approval', async () => {
    const told = await toldAfter(`If you split it, you can add my\nReviewed-by: ${ROB}\nbut as is\nNAK`);
    assert.equal(
      told.some((line) => line.startsWith('given')),
      false,
      told.join(),
    );
    assert.equal(told.includes('objection Nacked-by Rob Reviewer'), true, told.join());
    assert.deepEqual(await toldAfter(`With that fixed you can add my\nReviewed-by: ${ROB}`), [
      'conditional Reviewed-by Rob Reviewer',
    ]);
  });

  test('b4: words that hang on a tag stay out of the commit', async () => {
    for (const tail of [' with the comma dropped', ', but see below', '.', ' - thanks!', ').']) {
      const lines = await trailersAfter(`${ACK}${tail}`);
      for (const line of lines) assert.equal(line, ACK, tail);
    }
    assert.deepEqual(await trailersAfter(`${ACK}.`), [ACK]);
    assert.deepEqual(await toldAfter(`${ACK} with the comma dropped`), ['conditional Acked-by Rob Reviewer']);
  });

  test('b4: (stubdom parts), [x86 bits], # arm and #arm part are kept as the area', async () => {
    for (const [tail, area] of [
      ['(stubdom parts)', 'stubdom parts'],
      ['[x86 bits]', 'x86 bits'],
      ['# arm', 'arm'],
      ['#arm part', 'arm part'],
    ] as const) {
      assert.deepEqual(await toldAfter(`${ACK} ${tail}`), [`given Acked-by Rob Reviewer # ${area}`]);
      assert.deepEqual(await trailersAfter(`${ACK} ${tail}`), [`${ACK} ${tail}`]);
    }
  });

  test('b4: an area in brackets on the next line is the area', async () => {
    assert.deepEqual(await toldAfter(`${ACK}\n[x86 bits]`), ['given Acked-by Rob Reviewer # x86 bits']);
    assert.deepEqual(await trailersAfter(`${ACK}\n[x86 bits]`), [`${ACK} # x86 bits`]);
    for (const note of ['[...]', '[snip]', '[1]', '[jgrall: done]']) {
      assert.deepEqual(await toldAfter(`${ACK}\n${note}`), ['given Acked-by Rob Reviewer'], note);
    }
  });

  test('b4: a tag without address, without blank or in bold is read', async () => {
    assert.deepEqual(await toldAfter('Acked-by: Rob'), ['given Acked-by Rob Reviewer']);
    assert.deepEqual(await toldAfter(ACK.replace(' ', '')), ['given Acked-by Rob Reviewer']);
    assert.deepEqual(await toldAfter(`*${ACK}*`), ['given Acked-by Rob Reviewer']);
  });

  test('b4: an address in words, "rob at example.org", is the sender\'s where the name is', async () => {
    assert.deepEqual(await trailersAfter('Acked-by: Rob Reviewer <rob at example.org>'), [ACK]);
    assert.deepEqual(await trailersAfter('Acked-by: Any Stranger <any at example.org>'), []);
  });

  test('b4: &lt; and mailto: debris is decoded', async () => {
    for (const value of [
      'Rob Reviewer &lt;rob@example.org&gt;',
      'Rob Reviewer <rob@example.org<mailto:rob@example.org>>',
      '<mailto:rob@example.org>',
    ]) {
      const [line] = await trailersAfter(`Acked-by: ${value}`);
      assert.match(line ?? '', /^Acked-by: (?:Rob Reviewer )?<rob@example\.org>$/, value);
    }
  });

  test('b4: Resolves, Backport, Origin, Amends and "Fixes: c/s" of a reply are seen', async () => {
    for (const line of [
      'Resolves: https://gitlab.example/1',
      'Backport: 4.17',
      'Amends: 0123456789ab ("x")',
      'Fixes: c/s 0123456789ab',
    ]) {
      assert.deepEqual(
        (await toldAfter(line)).map((one) => one.split(' ')[0]),
        ['doubtful'],
        line,
      );
    }
  });

  test('b4: names that are none of tags are not applied: Von, Skype, Contact', async () => {
    for (const line of ['Von: Rob Reviewer <rob@example.org>', 'Skype: rob@example.org', 'Contact: rob@example.org']) {
      assert.deepEqual(await toldAfter(line), [], line);
    }
  });

  test('b4: an unquoted original of Outlook is a quote', async () => {
    assert.deepEqual(
      await toldAfter(`Fine.\n\nVon: Rob Reviewer <rob@example.org>\nGesendet: heute\nAn: list\n\n${ACK}`),
      [],
    );
  });

  test('b4: a signature mark without its blank is one', async () => {
    assert.deepEqual(await toldAfter(`Thanks.\n--\n${ACK}`), []);
  });

  test('b4: a counter-patch in a reply gives its tags to nobody', async () => {
    const counter = `How about\n\nSigned-off-by: ${ROB}\n---\n${patchBody('f.c', 'y', '').split('\n---\n')[1] ?? ''}`;
    assert.deepEqual(await toldAfter(counter), []);
  });

  test('b4: the kind is written in its canonical spelling', async () => {
    assert.deepEqual(await trailersAfter(`acked-BY: ${ROB}`), [ACK]);
    assert.deepEqual(await trailersAfter(`Reviwed-by: ${ROB}`), [`Reviewed-by: ${ROB}`]);
  });

  test('b4: a line that begins with "| " is a quote', async () => {
    assert.deepEqual(await toldAfter(`| ${ACK}`), []);
  });
});

describe('b4: what a tag is for', () => {
  test('b4: "For patch 1: Reviewed-by" on the cover is for patch 1', async () => {
    assert.deepEqual(await countedOn('v1.0', `For patch 1:\n${ACK}`), [1]);
    assert.deepEqual(await countedOn('v1.0', `For patch 1: ${ACK}`), [1]);
    assert.deepEqual(await countedOn('v1.0', `${ACK} # patches 1`), [1]);
  });

  test('b4: a tag for the entire patch set on one patch is for all', async () => {
    assert.deepEqual(await countedOn('v1.3', `${ACK} for the entire patch set`), [1, 2, 3, 4]);
  });

  test('b4: where the parent is missing, References says which patch', async () => {
    const { replyTo: _, ...reply } = answer('p', ACK);
    const headers = 'In-Reply-To: <lost@example.org>\nReferences: <c@example.org> <p@example.org> <lost@example.org>\n';
    assert.deepEqual(await toldOf([patch, { ...reply, headers }], 'p'), ['given Acked-by Rob Reviewer']);
  });

  test('b4: where all above is missing, title, number, version and author say which patch', async () => {
    const to = 'Ann Author <ann@example.org>, devel@lists.example.org';
    const lost = answer('lost', ACK, { subject: 'Re: [PATCH 2/2] part 2', to });
    assert.deepEqual(await toldOf([...seriesMails(2), lost], 'v1.2'), ['given Acked-by Rob Reviewer']);
    const [tag] = tagsOf(await derive([...seriesMails(2), lost]), 'v1.2');
    assert.equal(tag?.why, 'reply to the patch, which was found by subject and author');
    const v2 = answer('lost', ACK, { subject: 'Re: [PATCH v2 2/2] part 2', to });
    assert.deepEqual(await toldOf([...seriesMails(2), v2], 'v1.2'), []);
    const other = answer('lost', ACK, { subject: 'Re: [PATCH 2/2] part 2', to: 'zoe@example.org' });
    assert.deepEqual(await toldOf([...seriesMails(2), other], 'v1.2'), []);
  });

  test('b4: a reply to a reply is for the patch above, with the words of each', async () => {
    const mails = [patch, answer('p', 'Why?', { id: 'why' }), answer('why', ACK)];
    assert.deepEqual(await toldOf(mails, 'p'), ['given Acked-by Rob Reviewer']);
  });

  test('b4: a folded subject is read', async () => {
    const message = await parseMessage(mailText({ id: 'p', subject: '[PATCH v2 1/2] a long\n title of two lines' }));
    assert.equal(parseSubject(message.subject).title, 'a long title of two lines');
  });
});

describe('b4: versions and replacements', () => {
  test('b4: the newest version is the one with the highest number, whatever its date', async () => {
    const { series } = await derive([
      patchMail('b', '[PATCH v2] fix', { line: 'b', date: at(100) }),
      patchMail('c', '[PATCH v3] fix', { line: 'c', date: at(0) }),
    ]);
    assert.deepEqual(series.find((one) => one.state === 'complete')?.version, 3);
  });

  test("b4: a full patch as the author's reply is a replacement, and its Signed-off-by is no tag", async () => {
    const mails = [
      ...seriesMails(2),
      patchMail('new', 'Re: [PATCH v2 2/2] part 2', { replyTo: 'v1.2', line: 'new', date: at(500) }),
    ];
    const derived = await derive(mails);
    assert.deepEqual(shape(derived.series).at(-1), 'v1.1 complete v1.1 new');
    assert.deepEqual(told(tagsOf(derived, 'v1.2')), []);
  });

  test('b4: v1.5 2/2 stands in the place of 2/2, and the series keeps its two patches', async () => {
    const { series } = await derive([
      ...seriesMails(2),
      patchMail('new', '[PATCH v1.5 2/2] part 2', { replyTo: 'v1.2', line: 'new', date: at(500) }),
    ]);
    assert.deepEqual(shape(series), ['v1 superseded v1.1 v1.2', 'v1.5 complete v1.1 new']);
  });

  test('b4: an unnumbered v2 that answers 2/2 is a version of the same work', async () => {
    const { series } = await derive([
      ...seriesMails(2),
      patchMail('new', '[PATCH v2] part 2', { replyTo: 'v1.2', line: 'new', date: at(500) }),
    ]);
    assert.equal(new Set(series.map((one) => one.change)).size, 1);
  });

  test('b4: 6/5 is one more than the five', async () => {
    const six = patchMail('v1.6', '[PATCH 6/5] one more', { replyTo: 'v1.0', date: at(300) });
    const { series } = await derive([...seriesMails(5), six]);
    assert.deepEqual(shape(series), ['v1 complete v1.1 v1.2 v1.3 v1.4 v1.5 v1.6']);
  });

  test('b4: a tag is carried for a plain diff too', async () => {
    const plain = (line: string): string => patchBody('f.c', line).replace(/diff --git.*\nindex.*\n/, '');
    const mails = [
      patchMail('a', '[PATCH] fix', { body: plain('x') }),
      answer('a', ACK, { date: at(10) }),
      patchMail('b', '[PATCH v2] fix', { body: plain('x'), date: at(500) }),
    ];
    assert.deepEqual(await toldOf(mails, 'b'), ['carried Acked-by Rob Reviewer']);
  });

  test('b4: a tag on v1 of the same day is carried, in any order of arrival', async () => {
    const mails = [
      patchMail('a', '[PATCH] fix', { line: 'x' }),
      answer('a', ACK, { date: at(10) }),
      patchMail('b', '[PATCH v2] fix', { line: 'x', date: at(20) }),
    ];
    for (const order of [mails, mails.toReversed()])
      assert.deepEqual(await toldOf(order, 'b'), ['carried Acked-by Rob Reviewer']);
  });

  test('b4: a tag that was withdrawn, and the objection to a version, are not forgotten', async () => {
    const v2 = patchMail('b', '[PATCH v2] fix', { line: 'other', date: at(2000) });
    assert.deepEqual(await toldOf([patch, answer('p', 'NAK', { date: at(10) }), v2], 'b'), [
      'objection Nacked-by Rob Reviewer',
    ]);
    const taken = [answer('p', ACK, { date: at(10) }), answer('p', 'I withdraw my Acked-by.', { date: at(11) })];
    assert.equal((await derive([patch, ...taken])).series.length, 1);
    assert.equal(
      tagsOf(await derive([patch, ...taken]), 'p').some((tag) => COUNTING.has(tag.status)),
      false,
    );
  });
});

describe('b4: writing', () => {
  test("b4: trailers are in the order of Xen: the author's own, then by time", async () => {
    const message = 'x: fix\n\nWhy.\n\nSigned-off-by: Ann Author <ann@example.org>\n';
    const derived = await derive([
      patch,
      answer('p', `Tested-by: ${SUE}`, { from: SUE, date: at(20) }),
      answer('p', ACK, { date: at(10) }),
    ]);
    assert.equal(addTrailers(message, trailersFor(tagsOf(derived, 'p'))), `${message}${ACK}\nTested-by: ${SUE}\n`);
  });
});
