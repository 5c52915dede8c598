/** Faults of Patchwork (github.com/getpatchwork/patchwork) in reading the list, and what is right. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseMessage } from '../../src/mail/parse.ts';
import { patchOf } from '../../src/patch/mailed-patch.ts';
import { parseSubject } from '../../src/patch/subject.ts';
import { addTrailers } from '../../src/patch/trailers.ts';
import { trailersFor } from '../../src/review/trailers-for.ts';
import { mailText, type MailParts, msgid, patchBody } from '../helpers/mail-text.ts';
import { answer, at, derive, patchMail, ROB, seriesMails, tagsOf, told, toldAfter, toldOf } from '../helpers/review.ts';
import { dispositionOf, shape } from '../helpers/series.ts';

const ACK = `Acked-by: ${ROB}`;
const MIXED = 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n';
const HOUR = 60;

async function patchIn(parts: MailParts) {
  const message = await parseMessage(mailText(parts));
  return patchOf(message, parseSubject(message.subject));
}

describe('patchwork: subjects', () => {
  test('patchwork: AW:, SV:, Antw: and 答复: are replies', () => {
    for (const mark of ['AW:', 'SV:', 'Antw:', '答复:', 'RE:', 'Re :']) {
      assert.equal(parseSubject(`${mark} [PATCH] x`).reply, true, mark);
    }
  });

  test('patchwork: "1 / 2", PATCHv2, v2.1 and (v2) are read; 7.5/9 is not 5/9', () => {
    const one = (subject: string) => {
      const { version, revision, index, total } = parseSubject(subject);
      return [version, revision, index, total];
    };
    assert.deepEqual(one('[PATCH 1 / 2] x'), [1, 0, 1, 2]);
    assert.deepEqual(one('[PATCHv2] x'), [2, 0, null, null]);
    assert.deepEqual(one('[PATCH v2.1 2/3] x'), [2, 1, 2, 3]);
    assert.deepEqual(one('[PATCH livepatch-build-tools (v2)] x'), [2, 0, null, null]);
    assert.deepEqual(one('[PATCH 7.5/9] x'), [1, 0, null, null]);
  });
});

describe('patchwork: mails', () => {
  test('patchwork: addresses with an apostrophe or of localhost lose no patch', async () => {
    for (const from of ["Pat O'Neil <pat.o'neil@x.org>", 'JD <jd@localhost>']) {
      const { series } = await derive([patchMail('p', '[PATCH] fix', { from })]);
      assert.deepEqual(shape(series), ['v1 complete p'], from);
      assert.equal(series[0]?.author.email, /<(.*)>/.exec(from)?.[1]);
    }
  });

  test('patchwork: Message-IDs that differ only behind their 255th character are two', async () => {
    const long = 'x'.repeat(300);
    const one = await parseMessage(mailText({ id: `${long}1`, subject: 'x' }));
    const two = await parseMessage(mailText({ id: `${long}2`, subject: 'x' }));
    assert.notEqual(one.msgid, two.msgid);
  });

  test('patchwork: an unreadable Date is told, and does not become today', async () => {
    const message = await parseMessage(mailText({ id: 'p', subject: 'x', date: 'yesterday' }));
    assert.deepEqual([message.posted, message.oddities.includes('unreadable Date header')], [0, true]);
  });

  test("patchwork: the writer's zone is kept", async () => {
    const message = await parseMessage(mailText({ id: 'p', subject: 'x', date: 'Mon, 3 Jun 2024 23:30:00 +0530' }));
    assert.equal(message.date, '2024-06-03T23:30:00+05:30');
  });

  test('patchwork: a comment in In-Reply-To is skipped', async () => {
    const headers = 'In-Reply-To: Your message of Monday (by "Ann <x>") <p@example.org>\n';
    const message = await parseMessage(mailText({ id: 'r', subject: 'Re: x', headers }));
    assert.equal(message.inReplyTo, '<p@example.org>');
  });

  test('patchwork: an in-body From is the author, and a later mail does not rename him', async () => {
    const body = `From: Zoe Real <zoe@example.org>\n\n${patchBody('f.c', 'x')}`;
    const derived = await derive([
      patchMail('p', '[PATCH] fix', { body }),
      patchMail('q', '[PATCH] other', { from: 'A. <ann@example.org>', date: at(9) }),
    ]);
    assert.deepEqual(derived.series.map((one) => one.author.name).toSorted(), ['A.', 'Zoe Real']);
  });
});

describe('patchwork: patches', () => {
  test('patchwork: a cover that shows a diff is a cover', async () => {
    const [cover, ...patches] = seriesMails(2);
    assert.ok(cover !== undefined);
    const { series } = await derive([{ ...cover, body: patchBody('f.c', 'shown') }, ...patches]);
    assert.deepEqual(shape(series), ['v1 complete v1.1 v1.2']);
    assert.equal(series[0]?.cover, msgid('v1.0'));
  });

  test('patchwork: a patch as octet-stream attachment is found, and of two no file is lost', async () => {
    const diff = (path: string): string => patchBody(path, 'x').split('\n---\n')[1] ?? '';
    const part = (name: string, type: string): string =>
      `--b\nContent-Type: ${type}; name="${name}.patch"\nContent-Disposition: attachment; filename="${name}.patch"\n\n${diff(`${name}.c`)}`;
    const text = '--b\nContent-Type: text/plain\n\nWhy.\n\nSigned-off-by: Ann Author <ann@example.org>\n';
    for (const type of ['application/octet-stream', 'text/x-patch', 'text/x-diff']) {
      const one = await patchIn({
        id: 'p',
        subject: '[PATCH] fix',
        headers: MIXED,
        body: `${text}${part('one', type)}--b--\n`,
      });
      assert.deepEqual(one?.paths, ['one.c'], type);
      const two = await patchIn({
        id: 'p',
        subject: '[PATCH] fix',
        headers: MIXED,
        body: `${text}${part('one', type)}${part('two', type)}--b--\n`,
      });
      assert.deepEqual(two?.paths, ['one.c', 'two.c'], type);
    }
  });

  test('patchwork: format=flowed is undone for the diff', async () => {
    const headers = 'MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8; format=flowed\n';
    const stuffed = patchBody('f.c', 'x').replaceAll(/^ /gm, '  ');
    const plain = await patchIn({ id: 'p', subject: '[PATCH] fix', body: patchBody('f.c', 'x') });
    const flowed = await patchIn({ id: 'p', subject: '[PATCH] fix', headers, body: stuffed });
    assert.equal(flowed?.diff, plain?.diff);
  });

  test('patchwork: a rule of underscores in the message cuts nothing off', async () => {
    const patch = await patchIn({
      id: 'p',
      subject: '[PATCH] fix',
      body: patchBody('f.c', 'x', 'Table:\n________\na b\n\nSigned-off-by: Ann Author <ann@example.org>'),
    });
    assert.match(patch?.message ?? '', /a b\n\nSigned-off-by: Ann/);
  });

  test('patchwork: a rule of underscores in a reply hides no tag below it', async () => {
    for (const rule of ['____', '_'.repeat(40)]) {
      assert.deepEqual(await toldAfter(`A table\n${rule}\na b\n\n${ACK}`), ['given Acked-by Rob Reviewer'], rule);
    }
  });

  test("patchwork: a whole patch in the author's reply is a patch", async () => {
    const { series } = await derive([
      ...seriesMails(2),
      patchMail('new', 'Re: [PATCH 2/2] part 2', { replyTo: 'v1.2', line: 'new', date: at(500) }),
    ]);
    assert.deepEqual(shape(series), ['v1 superseded v1.1 v1.2', 'v1.1 complete v1.1 new']);
  });

  test('patchwork: a hunk in a top-posted reply is no patch', async () => {
    const { series } = await derive([
      patchMail('p', '[PATCH] fix'),
      answer('p', `Rather so:\n\n${patchBody('f.c', 'y', '').split('\n---\n')[1] ?? ''}`),
    ]);
    assert.deepEqual(shape(series), ['v1 complete p']);
  });
});

describe('patchwork: series', () => {
  test('patchwork: `v2.1 2/3` is v2 with one patch replaced, and complete', async () => {
    const { series } = await derive([
      ...seriesMails(3, 2),
      patchMail('new', '[PATCH v2.1 2/3] part 2', { replyTo: 'v2.2', line: 'new', date: at(500) }),
    ]);
    assert.deepEqual(shape(series), ['v2 superseded v2.1 v2.2 v2.3', 'v2.1 complete v2.1 new v2.3']);
  });

  test('patchwork: a v2 patch that answers v1 days later does not complete v1', async () => {
    const [cover, one, two] = seriesMails(3);
    assert.ok(cover !== undefined && one !== undefined && two !== undefined);
    const late = patchMail('late', '[PATCH v2 3/3] part 3', { replyTo: two.id, date: at(3 * 24 * HOUR) });
    const { series } = await derive([cover, one, two, late]);
    assert.equal(series.find((of) => of.version === 1)?.complete, false);
    assert.deepEqual(series.find((of) => of.version === 1)?.missing, [3]);
  });

  test("patchwork: v2 whose mails all answer v1's cover is one series", async () => {
    const v2 = seriesMails(3, 2).map((mail) => ({ ...mail, replyTo: 'v1.0' }));
    const { series } = await derive([...seriesMails(3), ...v2]);
    assert.deepEqual(shape(series), ['v1 superseded v1.1 v1.2 v1.3', 'v2 complete v2.1 v2.2 v2.3']);
  });

  test('patchwork: parts that are half an hour apart are one series', async () => {
    const mails = [1, 2, 3].map((n) => patchMail(`p${n}`, `[PATCH ${n}/3] part ${n}`, { date: at(n * 30) }));
    assert.deepEqual(shape((await derive(mails)).series), ['v1 complete p1 p2 p3']);
  });

  test('patchwork: two interleaved series of one author are two, each with its own patches', async () => {
    const c = seriesMails(2).map((mail, index) => ({ ...mail, date: at(2 * index) }));
    const d = seriesMails(2).map((mail, index) => ({
      ...mail,
      id: mail.id.replace('v1', 'w1'),
      subject: mail.subject.replace(/work|part/, 'other'),
      ...(mail.replyTo === undefined ? {} : { replyTo: 'w1.0' }),
      body: patchBody('other.c', mail.id),
      date: at(2 * index + 1),
    }));
    const { series } = await derive([...c, ...d]);
    assert.deepEqual(shape(series).toSorted(), ['v1 complete v1.1 v1.2', 'v1 complete w1.1 w1.2']);
  });

  test('patchwork: a patch of a longer series that comes first does not join the series that it answers', async () => {
    const four = seriesMails(4, 2).map((mail, index) => (index === 0 ? { ...mail, replyTo: 'v1.0' } : mail));
    const [cover, one, two, three, last] = four;
    assert.ok(
      cover !== undefined && one !== undefined && two !== undefined && three !== undefined && last !== undefined,
    );
    const { series } = await derive([...seriesMails(2), three, cover, one, two, last]);
    assert.deepEqual(shape(series), ['v1 superseded v1.1 v1.2', 'v2 complete v2.1 v2.2 v2.3 v2.4']);
  });

  test('patchwork: 3/2 makes no series of two complete', async () => {
    const { series } = await derive([
      patchMail('p1', '[PATCH 1/2] a'),
      patchMail('p3', '[PATCH 3/2] c', { replyTo: 'p1', date: at(1) }),
    ]);
    assert.equal(
      series.some((one) => one.patches.length === 2 && one.complete),
      false,
    );
  });

  test('patchwork: a cover that was sent again as an answer is a cover', async () => {
    const again = seriesMails(2).map((mail) => ({
      ...mail,
      id: mail.id.replace('v1', 'again'),
      replyTo: mail.replyTo === undefined ? 'v1.0' : 'again.0',
      subject: mail.subject.replace('PATCH', 'PATCH RESEND'),
      date: at(600),
    }));
    const { series } = await derive([...seriesMails(2), ...again]);
    assert.deepEqual(shape(series), ['v1 superseded v1.1 v1.2', 'v1 complete again.1 again.2']);
  });

  test('patchwork: the copy of a mail that says something else does not depend on which came first', async () => {
    const one = patchMail('p', '[PATCH] fix', { line: 'one' });
    const two = patchMail('p', '[PATCH] fix', { line: 'two' });
    assert.deepEqual((await derive([one, two])).series, (await derive([two, one])).series);
  });

  test('patchwork: a mail that never reached the list is named', async () => {
    const mails = seriesMails(4).filter((mail) => mail.id !== 'v1.3');
    const derived = await derive(mails);
    assert.deepEqual(shape(derived.series), ['v1 held v1.1 v1.2 v1.4 - 3']);
    assert.match(dispositionOf(derived, 'v1.1').reason, /held: 3\/4 has not arrived/);
  });

  test('patchwork: a new version supersedes the old one by itself', async () => {
    assert.deepEqual(shape((await derive([...seriesMails(1), ...seriesMails(1, 2)])).series), [
      'v1 superseded v1.1',
      'v2 complete v2.1',
    ]);
  });
});

describe('patchwork: tags', () => {
  test('patchwork: a reply before its patch, and a reply before its cover, are attached', async () => {
    const early = 'Mon, 3 Jun 2024 07:00:00 +0000';
    assert.deepEqual(await toldOf([answer('v1.1', ACK, { date: early }), ...seriesMails(2)], 'v1.1'), [
      'given Acked-by Rob Reviewer',
    ]);
    assert.deepEqual(await toldOf([answer('v1.0', ACK, { date: early }), ...seriesMails(2)], 'v1.2'), [
      'given Acked-by Rob Reviewer',
    ]);
  });

  test("patchwork: a cover's tag reaches every patch, and is not counted twice beside the patch's own", async () => {
    const mails = [...seriesMails(2), answer('v1.0', ACK), answer('v1.2', ACK)];
    for (const id of ['v1.1', 'v1.2']) assert.deepEqual(await toldOf(mails, id), ['given Acked-by Rob Reviewer']);
  });

  test('patchwork: a range of patches on the cover is kept to', async () => {
    const mails = [...seriesMails(4), answer('v1.0', `For patches 1 to 3:\n${ACK}`)];
    assert.deepEqual(await toldOf(mails, 'v1.3'), ['given Acked-by Rob Reviewer']);
    assert.deepEqual(await toldOf(mails, 'v1.4'), []);
  });

  test('patchwork: the same reviewer three times is one', async () => {
    const mails = [patchMail('p', '[PATCH] fix'), answer('p', ACK), answer('p', ACK), answer('p', ACK)];
    assert.deepEqual(await toldOf(mails, 'p'), ['given Acked-by Rob Reviewer']);
  });

  test('patchwork: "I withdraw my / Reviewed-by: X" does not count again', async () => {
    const mails = [patchMail('p', '[PATCH] fix'), answer('p', ACK), answer('p', `I withdraw my\n${ACK}`)];
    assert.deepEqual(await toldOf(mails, 'p'), ['withdrawn Acked-by Rob Reviewer']);
  });

  test('patchwork: a tag behind a blank, a Release-acked-by and a Suggested-by are seen', async () => {
    assert.deepEqual(await toldAfter(` ${ACK}`), ['given Acked-by Rob Reviewer']);
    assert.deepEqual(await toldAfter(`Release-acked-by: ${ROB}`), ['given Release-acked-by Rob Reviewer']);
    assert.deepEqual(await toldAfter(`Suggested-by: ${ROB}`), ['doubtful Suggested-by Rob Reviewer']);
  });

  test('patchwork: a wrapped tag is written whole', async () => {
    const derived = await derive([
      patchMail('p', '[PATCH] fix'),
      answer('p', 'Acked-by: Rob Reviewer\n <rob@example.org>'),
    ]);
    assert.deepEqual(trailersFor(tagsOf(derived, 'p')), [{ kind: 'Acked-by', value: ROB }]);
  });

  test('patchwork: a message without trailers gets an empty line above them', () => {
    assert.equal(addTrailers('x: fix\n\nWhy.\n', [{ kind: 'Acked-by', value: ROB }]), `x: fix\n\nWhy.\n\n${ACK}\n`);
  });

  test('patchwork: a trailer that the patch has is not written again', async () => {
    const body = patchBody(
      'f.c',
      'x',
      `Why.\n\nSigned-off-by: Ann Author <ann@example.org>\nAcked-by: ROB REVIEWER <Rob@Example.org>`,
    );
    const derived = await derive([patchMail('p', '[PATCH] fix', { body }), answer('p', ACK)]);
    assert.deepEqual(trailersFor(tagsOf(derived, 'p')), []);
  });

  test('patchwork: the person of a tag is kept, not only a count', async () => {
    const [tag] = tagsOf(await derive([patchMail('p', '[PATCH] fix'), answer('p', ACK)]), 'p');
    assert.deepEqual([tag?.name, tag?.email, tag?.kind], ['Rob Reviewer', 'rob@example.org', 'Acked-by']);
  });

  test('patchwork: a reply without any threading is attached by its subject and the author whom it addresses', async () => {
    const { replyTo: _, ...reply } = answer('p', ACK, {
      subject: 'Re: [PATCH v2 1/2] part 1',
      to: 'Ann Author <ann@example.org>',
    });
    const derived = await derive([...seriesMails(2), ...seriesMails(2, 2), reply]);
    assert.deepEqual(told(tagsOf(derived, 'v2.1')), ['given Acked-by Rob Reviewer']);
    assert.deepEqual(told(tagsOf(derived, 'v1.1')), []);
    assert.equal(
      dispositionOf(derived, reply.id).reason,
      'reply to patch 1/2 of v2, by its subject: what it answers has not been seen',
    );
  });
});
