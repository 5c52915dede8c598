/** Faults of Patchew (github.com/patchew-project/patchew) in reading the list, and what is right. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseMessage } from '../../src/mail/parse.ts';
import { addTrailers } from '../../src/patch/trailers.ts';
import { parseSubject } from '../../src/patch/subject.ts';
import { trailersFor } from '../../src/review/trailers-for.ts';
import type { ProjectRules } from '../../src/series/series.ts';
import { mailText, msgid, patchBody } from '../helpers/mail-text.ts';
import {
  answer,
  at,
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
import { dispositionOf, shape } from '../helpers/series.ts';

const ACK = `Acked-by: ${ROB}`;
const QUILT = `Why.

Signed-off-by: Ann Author <ann@example.org>

--- a/file.c
+++ b/file.c
@@ -1,2 +1,3 @@ a heading that was cut at fo
 one
+new
 two


`;

describe('patchew: series', () => {
  test('patchew: a quilt diff without "diff --git", "---" and signature is a patch', async () => {
    const { series } = await derive([{ id: 'p', subject: '[PATCH] fix', body: QUILT }]);
    assert.deepEqual(shape(series), ['v1 complete p']);
  });

  test('patchew: a series without a cover is shown, and so is a lone [PATCH 1/1]', async () => {
    const two = [patchMail('p1', '[PATCH 1/2] a'), patchMail('p2', '[PATCH 2/2] b', { replyTo: 'p1' })];
    assert.deepEqual(shape((await derive(two)).series), ['v1 complete p1 p2']);
    assert.deepEqual(shape((await derive([patchMail('p', '[PATCH 1/1] a')])).series), ['v1 complete p']);
  });

  test('patchew: a series that is threaded deeply is complete', async () => {
    const mails = seriesMails(3).map((mail, index) => (index < 2 ? mail : { ...mail, replyTo: `v1.${index - 1}` }));
    assert.deepEqual(shape((await derive(mails)).series), ['v1 complete v1.1 v1.2 v1.3']);
  });

  test('patchew: a series received in the wrong order is not dropped', async () => {
    assert.deepEqual(shape((await derive(seriesMails(3).toReversed())).series), ['v1 complete v1.1 v1.2 v1.3']);
  });

  test('patchew: a rename without changed lines, a mode and a binary file complete their series', async () => {
    const diffs = [
      'diff --git a/old b/new\nsimilarity index 100%\nrename from old\nrename to new\n',
      'diff --git a/run b/run\nold mode 100644\nnew mode 100755\n',
      'diff --git a/b.bin b/b.bin\nnew file mode 100644\nindex 0000000..1234567\nGIT binary patch\nliteral 3\nKcmZQzWMT#Y01f~L\n\nliteral 0\nHcmV?d00001\n\n',
    ];
    const mails = diffs.map((diff, index) => ({
      id: `p${index + 1}`,
      subject: `[PATCH ${index + 1}/3] part ${index + 1}`,
      body: `Why.\n\nSigned-off-by: Ann Author <ann@example.org>\n---\n${diff}-- \n2.39.2\n`,
      ...(index > 0 ? { replyTo: 'p1' } : {}),
    }));
    assert.deepEqual(shape((await derive(mails)).series), ['v1 complete p1 p2 p3']);
  });

  test('patchew: a pull request is no patch series', async () => {
    const mails = [
      { id: 'c', subject: '[PULL 00/01] for you', body: 'please pull' },
      patchMail('p', '[PULL 01/01] a', { replyTo: 'c' }),
    ];
    const derived = await derive(mails);
    assert.deepEqual(shape(derived.series), []);
    assert.equal(dispositionOf(derived, 'c').kind, 'pull-request');
  });

  test('patchew: a reply that is spelt "RE:" and quotes a diff is no new series', async () => {
    const body = String(patchMail('x', '').body).replaceAll(/^/gm, '> ');
    const { series } = await derive([patchMail('p', '[PATCH] fix'), answer('p', body, { subject: 'RE: [PATCH] fix' })]);
    assert.deepEqual(shape(series), ['v1 complete p']);
  });

  test('patchew: a mail without Date or Subject is read', async () => {
    const raw = mailText({ id: 'p', subject: 'x', body: 'hello' }).toString();
    for (const header of ['Date', 'Subject']) {
      const message = await parseMessage(Buffer.from(raw.replace(new RegExp(`^${header}:.*\n`, 'm'), '')));
      assert.equal(message.msgid, msgid('p'));
      assert.equal(message.text, 'hello');
    }
  });

  test('patchew: a Message-ID with "_" and "/" is kept verbatim', async () => {
    const raw = mailText({ id: 'a_b/c', subject: '[PATCH] x', replyTo: 'd_e/f' });
    const message = await parseMessage(raw);
    assert.deepEqual([message.msgid, message.inReplyTo], ['<a_b/c@example.org>', '<d_e/f@example.org>']);
  });
});

describe('patchew: subjects', () => {
  const forms: readonly (readonly [subject: string, want: Partial<ReturnType<typeof parseSubject>>])[] = [
    ['[PATCH v2.1] x', { version: 2, revision: 1, title: 'x' }],
    ['[PATCH,v2] x', { version: 2, title: 'x' }],
    ['RE: [PATCH] x', { reply: true, title: 'x' }],
    ['[PATCH v2 1 / 3]', { version: 2, index: 1, total: 3 }],
    ['[PATCH v12 3/4/5] x', { version: 12, index: 3, total: 4 }],
    ['[PATCH 1/1] x', { index: 1, total: 1, patch: true }],
    ['[PATCH] x86: [foo] bar', { title: 'x86: [foo] bar' }],
    ['[XEN PATCH v4 07/12] x', { version: 4, index: 7, total: 12, words: ['XEN'] }],
    ['[PATCH for-4.19 v3 2/5] x', { version: 3, index: 2, total: 5, target: '4.19' }],
    ['[PATCH 1/3 v2] x', { version: 2, index: 1, total: 3 }],
    ['[v2][PATCH] x', { version: 2, patch: true }],
  ];
  for (const [subject, want] of forms) {
    test(`patchew: ${subject} is read`, () => {
      assert.deepEqual({ ...parseSubject(subject), ...want }, parseSubject(subject));
    });
  }
});

describe('patchew: projects', () => {
  const rules: ProjectRules[] = [
    { name: 'xen', lists: ['xen-devel@lists.x.org', 'xen-devel@lists.old.org'], prefixes: [], fallback: true },
  ];

  test('patchew: the list is known in any case, by its old address and by its List-Id', async () => {
    const ways = [
      { to: 'Xen-devel@Lists.X.org' },
      { to: 'xen-devel@lists.old.org' },
      { to: 'ann@example.org', headers: 'List-Id: Xen devel <xen-devel.lists.x.org>\n' },
    ];
    for (const way of ways) {
      assert.deepEqual(shape((await derive([patchMail('p', '[PATCH] fix', way)], rules)).series), ['v1 complete p']);
    }
  });

  test('patchew: a cross-posted series is not superseded by its own copy', async () => {
    const both: ProjectRules[] = [
      ...rules,
      { name: 'qemu', lists: ['qemu@lists.q.org'], prefixes: [], fallback: true },
    ];
    const patch = patchMail('p', '[PATCH] fix', { to: 'xen-devel@lists.x.org, qemu@lists.q.org' });
    const { series } = await derive([patch, answer('p', 'ping')], both);
    assert.deepEqual(
      series.map((one) => [one.project, one.state]),
      [
        ['qemu', 'complete'],
        ['xen', 'complete'],
      ],
    );
  });

  test('patchew: the same title in another project supersedes nothing', async () => {
    const both: ProjectRules[] = [
      ...rules,
      { name: 'qemu', lists: ['qemu@lists.q.org'], prefixes: [], fallback: true },
    ];
    const { series } = await derive(
      [
        patchMail('a', '[PATCH] Fix typo', { to: 'xen-devel@lists.x.org' }),
        patchMail('b', '[PATCH v2] Fix typo', { to: 'qemu@lists.q.org', date: at(60) }),
      ],
      both,
    );
    assert.deepEqual(
      series.map((one) => one.state),
      ['complete', 'complete'],
    );
    assert.notEqual(series[0]?.change, series[1]?.change);
  });
});

describe('patchew: versions', () => {
  test('patchew: another author\'s "Fix typo" supersedes nothing', async () => {
    const { series } = await derive([
      patchMail('a', '[PATCH] Fix typo'),
      patchMail('b', '[PATCH v2] Fix typo', { from: SUE, line: 'else', date: at(60) }),
    ]);
    assert.deepEqual(shape(series), ['v1 complete a', 'v2 complete b']);
    assert.notEqual(series[0]?.change, series[1]?.change);
  });

  test('patchew: a v2 whose cover has another title is linked', async () => {
    const v2 = seriesMails(2, 2).map((mail, index) => ({
      ...mail,
      subject: mail.subject.replace('work', 'quite another name'),
      ...(index === 0 ? { replyTo: 'v1.0' } : {}),
    }));
    const { series } = await derive([...seriesMails(2), ...v2]);
    assert.deepEqual(shape(series), ['v1 superseded v1.1 v1.2', 'v2 complete v2.1 v2.2']);
    assert.equal(series[0]?.change, series[1]?.change);
  });

  test('patchew: a v3 whose clock is behind is newer than v2', async () => {
    const { series } = await derive([
      patchMail('b', '[PATCH v2] fix', { date: at(60) }),
      patchMail('c', '[PATCH v3] fix', { line: 'else', date: at(0) }),
    ]);
    assert.deepEqual(
      new Map(series.map((one) => [one.version, one.state])),
      new Map([
        [2, 'superseded'],
        [3, 'complete'],
      ]),
    );
  });
});

describe('patchew: tags', () => {
  test('patchew: Release-acked-by is collected in its three spellings', async () => {
    for (const kind of ['Release-acked-by', 'Release-Acked-by', 'Release-Acked-By']) {
      assert.deepEqual(await toldAfter(`${kind}: ${ROB}`), ['given Release-acked-by Rob Reviewer']);
    }
  });

  test('patchew: prose that begins with the name of a tag is none', async () => {
    for (const line of [
      'Reviewed-by he sent last week',
      'Reviewed-by tag mean the person has read it',
      'reviewed-by/acked-by tag.',
      'reviewed-by. I agree it looks kind of weird.',
      'Suggested-by: Roger?',
    ]) {
      assert.deepEqual(await toldAfter(line), [], line);
    }
  });

  test('patchew: a damaged address is mended in the trailer', async () => {
    for (const line of ['Acked-by: Rob Reviewer <rob@example.org', 'Acked-by: Rob Reviewer <rob@example.org>.']) {
      const derived = await derive([patchMail('p', '[PATCH] fix'), answer('p', line)]);
      assert.deepEqual(trailersFor(tagsOf(derived, 'p')), [{ kind: 'Acked-by', value: ROB }], line);
    }
  });

  test('patchew: "Reviewed-by: No Mail" makes nobody a reviewer', async () => {
    assert.deepEqual(await toldAfter('Reviewed-by: No Mail'), []);
  });

  test('patchew: nobody gives a tag in the name of another', async () => {
    assert.deepEqual(await toldAfter(`Acked-by: ${SUE}`), ['doubtful Acked-by Sue Second']);
  });

  test('patchew: the author does not review himself', async () => {
    const ann = 'Ann Author <ann@example.org>';
    assert.deepEqual(await toldAfter(`Reviewed-by: ${ann}`, { from: ann }), ['doubtful Reviewed-by Ann Author']);
  });

  test('patchew: a tag that was wrapped is whole', async () => {
    assert.deepEqual(await toldAfter('Acked-by: Rob Reviewer\n <rob@example.org>'), ['given Acked-by Rob Reviewer']);
  });

  test('patchew: an ack that is HTML beside plain text is found, and of HTML alone something is told', async () => {
    const headers = 'MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n';
    const body = `--b\nContent-Type: text/plain\n\n${ACK}\n--b\nContent-Type: text/html\n\n<p>${ACK}</p>\n--b--\n`;
    assert.deepEqual(await toldAfter(body, { headers }), ['given Acked-by Rob Reviewer']);
    const alone = mailText({ id: 'r', subject: 'Re: x', headers: 'Content-Type: text/html\n', body: `<p>${ACK}</p>` });
    assert.deepEqual((await parseMessage(alone)).oddities, ['no text/plain part']);
  });

  test("patchew: a cover's tag is in each patch's own record, also where the cover comes last", async () => {
    const [cover, ...patches] = seriesMails(3);
    assert.ok(cover !== undefined);
    const derived = await derive([
      ...patches,
      answer('v1.0', ACK),
      ...patches.map((mail) => answer(mail.id, `Tested-by: ${ROB}`)),
      cover,
    ]);
    for (const { id } of patches) {
      assert.deepEqual(told(tagsOf(derived, id)).toSorted(), [
        'given Acked-by Rob Reviewer',
        'given Tested-by Rob Reviewer',
      ]);
    }
  });

  test("patchew: a tag on v2 does not become v1's where v2 answers v1's cover", async () => {
    const v2 = seriesMails(2, 2).map((mail, index) => (index === 0 ? { ...mail, replyTo: 'v1.0' } : mail));
    const mails = [...seriesMails(2), ...v2, answer('v2.0', ACK), answer('v1.0', 'thanks')];
    assert.deepEqual(await toldOf(mails, 'v1.1'), []);
    assert.deepEqual(await toldOf(mails, 'v2.1'), ['given Acked-by Rob Reviewer']);
  });

  test('patchew: a tag on an unchanged patch is carried to the next version', async () => {
    const mails = [...seriesMails(2), answer('v1.1', ACK, { date: at(150) }), ...seriesMails(2, 2)];
    assert.deepEqual(await toldOf(mails, 'v2.1'), ['carried Acked-by Rob Reviewer']);
  });

  test('patchew: a reply to a mail that never came goes to the patch that References names', async () => {
    const headers = 'In-Reply-To: <lost@example.org>\nReferences: <p@example.org> <lost@example.org>\n';
    const { replyTo: _, ...reply } = answer('p', ACK);
    assert.deepEqual(await toldOf([patchMail('p', '[PATCH] fix'), { ...reply, headers }], 'p'), [
      'given Acked-by Rob Reviewer',
    ]);
  });

  test('patchew: trailers are chronological, not alphabetical', async () => {
    const derived = await derive([
      patchMail('p', '[PATCH] fix'),
      answer('p', `Tested-by: ${SUE}`, { from: SUE }),
      answer('p', ACK),
    ]);
    assert.deepEqual(
      trailersFor(tagsOf(derived, 'p')).map(({ kind }) => kind),
      ['Tested-by', 'Acked-by'],
    );
  });

  test('patchew: a rule of dashes in the message does not get the tags in its middle', () => {
    const message = 'x: fix\n\na   b\n----- table -----\nc   d\n\nSigned-off-by: Ann Author <ann@example.org>\n';
    assert.equal(addTrailers(message, [{ kind: 'Acked-by', value: ROB }]), `${message}${ACK}\n`);
  });

  test('patchew: an added line does not cut the trailers into two blocks', () => {
    const message = addTrailers('x: fix\n\nWhy.\n\nSigned-off-by: Ann Author <ann@example.org>\n', [
      { kind: 'Acked-by', value: ROB },
    ]);
    assert.equal(message.trimEnd().split('\n\n').length, 3);
  });

  test('patchew: tag lines in a patch that is the body of another mail do not count twice', async () => {
    const body = patchBody('f.c', 'x', `Why.\n\nSigned-off-by: Ann Author <ann@example.org>\n${ACK}`);
    assert.deepEqual(await toldOf([patchMail('p', '[PATCH] fix', { body }), answer('p', ACK)], 'p'), [
      'in-patch Acked-by Rob Reviewer',
    ]);
  });
});
