import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Disposition, type ProjectRules, type Series, seriesId } from '../../src/series/series.ts';
import { type Derived, deriveAll, digestOf } from '../helpers/digests.ts';
import { type MailParts, mailText, msgid, patchBody } from '../helpers/mail-text.ts';

/** `minutes` after ten o'clock, as a Date header. */
function at(minutes: number): string {
  return new Date(Date.UTC(2024, 5, 3, 10, minutes)).toUTCString().replace('GMT', '+0000');
}

/** A mail with a patch of its own content. */
function patch(id: string, subject: string, rest: Partial<MailParts> = {}): MailParts {
  return { id, subject, body: patchBody('file.c', `line of ${subject.replace(/^.*\] /, '')}`), ...rest };
}

async function derive(mails: readonly MailParts[], rules?: readonly ProjectRules[]): Promise<Derived> {
  return deriveAll(await Promise.all(mails.map((parts) => digestOf(mailText(parts)))), rules);
}

function shape(series: readonly Series[]): string[][] {
  return series.map((one) => [
    `v${one.version}${one.revision > 0 ? `.${one.revision}` : ''}`,
    one.state,
    one.patches.map((part) => part.msgid.slice(1, -'@example.org>'.length)).join(' '),
    one.missing.join(' '),
  ]);
}

function dispositionOf(derived: Derived, id: string): Disposition {
  const found = derived.dispositions.find((one) => one.msgid === msgid(id));
  assert.ok(found !== undefined, id);
  return found;
}

describe('grouping', () => {
  test('a cover and its patches are one series, however they are threaded', async () => {
    const cover = { id: 'c', subject: '[PATCH 0/3] work', date: at(0) };
    const shallow = [1, 2, 3].map((n) => patch(`p${n}`, `[PATCH ${n}/3] part ${n}`, { replyTo: 'c', date: at(n) }));
    const deep = [1, 2, 3].map((n) =>
      patch(`p${n}`, `[PATCH ${n}/3] part ${n}`, { replyTo: n === 1 ? 'c' : `p${n - 1}`, date: at(n) }),
    );
    const none = [1, 2, 3].map((n) => patch(`p${n}`, `[PATCH ${n}/3] part ${n}`, { date: at(n) }));
    for (const patches of [shallow, deep, none]) {
      const { series } = await derive([cover, ...patches]);
      assert.deepEqual(shape(series), [['v1', 'complete', 'p1 p2 p3', '']]);
      assert.equal(series[0]?.msgid, msgid('c'));
    }
  });

  test('without a cover 2/2 answers 1/2', async () => {
    const { series } = await derive([patch('p1', '[PATCH 1/2] a'), patch('p2', '[PATCH 2/2] b', { replyTo: 'p1' })]);
    assert.deepEqual(shape(series), [['v1', 'complete', 'p1 p2', '']]);
    assert.equal(series[0]?.cover, null);
  });

  test('a lone patch is complete', async () => {
    const { series } = await derive([patch('p', '[PATCH] a')]);
    assert.deepEqual(shape(series), [['v1', 'complete', 'p', '']]);
  });

  test('a series with a hole is held, and says what is missing', async () => {
    const derived = await derive([
      { id: 'c', subject: '[PATCH v2 0/4] work' },
      patch('p1', '[PATCH v2 1/4] a', { replyTo: 'c' }),
      patch('p4', '[PATCH v2 4/4] d', { replyTo: 'c' }),
    ]);
    assert.deepEqual(shape(derived.series), [['v2', 'held', 'p1 p4', '2 3']]);
    const { kind, reason } = dispositionOf(derived, 'p1');
    assert.deepEqual([kind, reason], ['held', 'patch 1/4 of v2; held: 2/4 and 3/4 have not arrived']);
  });

  test('patches whose first mail is missing are still together', async () => {
    const { series } = await derive([
      patch('p2', '[PATCH 2/3] b', { replyTo: 'lost' }),
      patch('p3', '[PATCH 3/3] c', { replyTo: 'lost' }),
    ]);
    assert.deepEqual(shape(series), [['v1', 'held', 'p2 p3', '1']]);
  });

  test('a cover alone is held', async () => {
    const { series } = await derive([{ id: 'c', subject: '[PATCH 0/2] work' }]);
    assert.deepEqual(shape(series), [['v1', 'held', '', '1 2']]);
  });

  test('of two mails with one number the earlier counts', async () => {
    const derived = await derive([
      { id: 'c', subject: '[PATCH 0/1] work', date: at(0) },
      patch('late', '[PATCH 1/1] a', { replyTo: 'c', date: at(9) }),
      patch('early', '[PATCH 1/1] a', { replyTo: 'c', date: at(1) }),
    ]);
    assert.deepEqual(shape(derived.series), [['v1', 'complete', 'early', '']]);
    assert.equal(dispositionOf(derived, 'late').kind, 'other');
  });

  test('two unthreaded series of one author and size are two', async () => {
    const mails = ['x', 'y'].flatMap((name, index) =>
      [1, 2].map((n) => patch(`${name}${n}`, `[PATCH ${n}/2] ${name} ${n}`, { date: at(index * 10 + n) })),
    );
    const { series } = await derive(mails);
    assert.deepEqual(shape(series), [
      ['v1', 'complete', 'x1 x2', ''],
      ['v1', 'complete', 'y1 y2', ''],
    ]);
  });

  test('a patch of another person in the thread is a series of its own', async () => {
    const { series } = await derive([
      { id: 'c', subject: '[PATCH 0/2] work' },
      patch('p1', '[PATCH 1/2] a', { replyTo: 'c' }),
      patch('p2', '[PATCH 2/2] b', { replyTo: 'c' }),
      patch('q', '[PATCH] better', { replyTo: 'p1', from: 'Bob <bob@example.org>' }),
    ]);
    assert.equal(series.length, 2);
  });
});

describe('versions', () => {
  test('v2 as a new root with the same title replaces v1', async () => {
    const { series } = await derive([
      patch('a', '[PATCH] fix', { date: at(0) }),
      patch('b', '[PATCH v2] fix', { date: at(5) }),
    ]);
    assert.deepEqual(shape(series), [
      ['v1', 'superseded', 'a', ''],
      ['v2', 'complete', 'b', ''],
    ]);
    assert.equal(series[0]?.change, series[1]?.change);
    assert.equal(series[1]?.supersedes, msgid('a'));
    assert.match(series[0]?.change ?? '', /^fix-[0-9a-f]{8}$/);
  });

  test('v2 in the thread of v1 does not join it', async () => {
    const old = [
      { id: 'c', subject: '[PATCH 0/2] work', date: at(0) },
      ...[1, 2].map((n) => patch(`p${n}`, `[PATCH ${n}/2] part ${n}`, { replyTo: 'c', date: at(n) })),
    ];
    const flat = [
      { id: 'd', subject: '[PATCH v2 0/2] other words', replyTo: 'c', date: at(10) },
      ...[1, 2].map((n) => patch(`q${n}`, `[PATCH v2 ${n}/2] else ${n}`, { replyTo: 'c', date: at(10 + n) })),
    ];
    const { series } = await derive([...old, ...flat]);
    assert.deepEqual(shape(series), [
      ['v1', 'superseded', 'p1 p2', ''],
      ['v2', 'complete', 'q1 q2', ''],
    ]);
    assert.equal(series[0]?.change, series[1]?.change);
  });

  test('an incomplete v2 does not retire v1', async () => {
    const { series } = await derive([
      patch('a1', '[PATCH 1/2] a', { date: at(0) }),
      patch('a2', '[PATCH 2/2] b', { date: at(1), replyTo: 'a1' }),
      patch('b1', '[PATCH v2 1/2] a', { date: at(9) }),
    ]);
    assert.deepEqual(
      series.map((one) => one.state),
      ['complete', 'held'],
    );
  });

  test('v2.1 replaces v2', async () => {
    const { series } = await derive([
      patch('a', '[PATCH v2] fix', { date: at(0) }),
      patch('b', '[PATCH v2.1] fix', { date: at(5) }),
    ]);
    assert.deepEqual(shape(series), [
      ['v2', 'superseded', 'a', ''],
      ['v2.1', 'complete', 'b', ''],
    ]);
  });

  test('the title of somebody else is no version of mine', async () => {
    const { series } = await derive([
      patch('a', '[PATCH] Fix typo', { date: at(0), replyTo: 'talk' }),
      patch('b', '[PATCH v2] Fix typo', { date: at(5), replyTo: 'talk', from: 'Bob <bob@example.org>' }),
    ]);
    assert.notEqual(series[0]?.change, series[1]?.change);
    assert.equal(series[0]?.state, 'complete');
  });

  test('a change-id names the change, and survives a new title', async () => {
    const body = (line: string): string => `${patchBody('f.c', line)}\nchange-id: 20240603-fix-0123456789ab\n`;
    const { series } = await derive([
      { id: 'a', subject: '[PATCH] one thing', body: body('x'), date: at(0) },
      { id: 'b', subject: '[PATCH v2] quite another', body: body('y'), date: at(5) },
    ]);
    assert.equal(series[0]?.change, series[1]?.change);
  });

  test('versions never cross projects', async () => {
    const rules: ProjectRules[] = [
      { name: 'xen', lists: ['devel@lists.example.org'], prefixes: ['XEN'], fallback: true },
      { name: 'mini-os', lists: ['devel@lists.example.org'], prefixes: ['MINI-OS'], fallback: false },
    ];
    const { series } = await derive(
      [patch('a', '[PATCH] fix', { date: at(0) }), patch('b', '[MINI-OS PATCH v2] fix', { date: at(5) })],
      rules,
    );
    assert.deepEqual(
      series.map((one) => [one.project, one.state]),
      [
        ['xen', 'complete'],
        ['mini-os', 'complete'],
      ],
    );
    assert.notEqual(series[0]?.change, series[1]?.change);
  });
});

describe('dispositions', () => {
  test('every mail has one, with its reason', async () => {
    const derived = await derive([
      patch('p', '[PATCH] fix'),
      { id: 'r', subject: 'Re: [PATCH] fix', replyTo: 'p' },
      { id: 'rr', subject: 'Re: [PATCH] fix', replyTo: 'r' },
      { id: 'o', subject: 'Re: hello', replyTo: 'gone' },
      { id: 'g', subject: '[GIT PULL] for you', replyTo: 'gone' },
      { id: 'm', subject: 'nightly results', replyTo: 'gone', headers: 'Auto-Submitted: auto-generated\n' },
      { id: 'b', subject: '[PATCH 1/2] lost diff' },
      patch('d', 'try this', { replyTo: 'gone' }),
    ]);
    assert.deepEqual(
      derived.dispositions
        .map((one) => [one.msgid.slice(1, one.msgid.indexOf('@')), one.kind, one.reason])
        .sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1)),
      [
        ['b', 'broken', 'the subject says patch 1/2, but no diff was found in the mail'],
        ['d', 'other', 'reply to something that is no patch, or to a patch that has not been seen'],
        ['g', 'pull-request', 'a pull request: its subject says PULL'],
        ['m', 'automatic', 'written by a program'],
        ['o', 'other', 'reply to something that is no patch, or to a patch that has not been seen'],
        ['p', 'patch', 'the only patch of v1'],
        ['r', 'reply', 'reply to the only patch of v1'],
        ['rr', 'reply', 'reply to the only patch of v1'],
      ],
    );
    assert.equal(dispositionOf(derived, 'rr').about, msgid('p'));
  });

  test('a patch that no project takes is told so', async () => {
    const rules: ProjectRules[] = [
      { name: 'xen', lists: ['xen-devel@lists.example.org'], prefixes: [], fallback: true },
    ];
    const derived = await derive([patch('p', '[PATCH] fix')], rules);
    assert.equal(derived.series.length, 0);
    assert.equal(dispositionOf(derived, 'p').kind, 'not-ours');
  });

  test('mails that answer each other in a circle end somewhere', async () => {
    const derived = await derive([
      { id: 'a', subject: 'Re: x', replyTo: 'b' },
      { id: 'b', subject: 'Re: x', replyTo: 'a' },
      { id: 's', subject: 'Re: x', replyTo: 's' },
    ]);
    assert.equal(derived.dispositions.length, 3);
  });
});

describe('replacements', () => {
  const v2 = [1, 2, 3].map((n) =>
    patch(`p${n}`, `[PATCH v2 ${n}/3] part ${n}`, { date: at(n), ...(n > 1 ? { replyTo: 'p1' } : {}) }),
  );
  const changed = { body: patchBody('file.c', 'another line') };

  test('v2.1 2/3 alone is v2 with one patch in the place of another', async () => {
    const { series, dispositions } = await derive([
      ...v2,
      patch('r2', '[PATCH v2.1 2/3] part 2', { ...changed, date: at(9) }),
    ]);
    assert.deepEqual(shape(series), [
      ['v2', 'superseded', 'p1 p2 p3', ''],
      ['v2.1', 'complete', 'p1 r2 p3', ''],
    ]);
    assert.equal(series[1]?.change, series[0]?.change);
    const told = dispositions.find((one) => one.msgid === msgid('r2'));
    assert.equal(told?.reason, 'patch 2/3 of v2.1; stands in the place of that of v2, whose other patches stay');
  });

  test('a later version of one patch, sent as an answer to it, is a version of the whole', async () => {
    const { series } = await derive([
      ...v2,
      patch('r2', '[PATCH v3 2/3] part 2', { ...changed, replyTo: 'p2', date: at(9) }),
    ]);
    assert.deepEqual(shape(series).at(-1), ['v3', 'complete', 'p1 r2 p3', '']);
  });

  test('a later version of which only one patch has come stays held', async () => {
    const { series } = await derive([...v2, patch('r2', '[PATCH v3 2/3] part 2', { ...changed, date: at(9) })]);
    assert.deepEqual(shape(series), [
      ['v2', 'complete', 'p1 p2 p3', ''],
      ['v3', 'held', 'r2', '1 3'],
    ]);
  });

  test("a whole patch in its author's reply replaces the one that it answers; another person's does not", async () => {
    const reply = (from: string) =>
      derive([...v2, patch('r2', 'Re: [PATCH v2 2/3] part 2', { ...changed, from, replyTo: 'p2', date: at(9) })]);
    const [own, other] = [await reply('Ann Author <ann@example.org>'), await reply('Rob <rob@example.org>')];
    assert.deepEqual(shape(own.series).at(-1), ['v2.1', 'complete', 'p1 r2 p3', '']);
    assert.deepEqual(shape(other.series), [['v2', 'complete', 'p1 p2 p3', '']]);
    assert.equal(dispositionOf(other, 'r2').kind, 'reply');
  });

  test('tags of the patches that stay are those of the version before', async () => {
    const { series, tags } = await derive([
      ...v2,
      {
        id: 't1',
        subject: 'Re: [PATCH v2 1/3] part 1',
        replyTo: 'p1',
        from: 'Rob Roe <rob@x.org>',
        body: 'Acked-by: Rob Roe <rob@x.org>\n',
      },
      patch('r2', '[PATCH v2.1 2/3] part 2', { ...changed, date: at(9) }),
    ]);
    const of = (at: number) => {
      const one = series[at];
      return one === undefined ? [] : (tags.get(seriesId(one))?.patches.get(msgid('p1')) ?? []);
    };
    assert.equal(of(0)[0]?.status, 'given');
    assert.deepEqual(of(1), of(0));
  });

  test('a patch that says v2 among new ones under a cover is part of its series', async () => {
    const { series } = await derive([
      { id: 'c', subject: '[PATCH 0/2] work', date: at(0) },
      patch('p1', '[PATCH 1/2 v2] part 1', { replyTo: 'c', date: at(1) }),
      patch('p2', '[PATCH 2/2] part 2', { replyTo: 'c', date: at(2) }),
    ]);
    assert.deepEqual(shape(series), [['v1', 'complete', 'p1 p2', '']]);
  });
});

describe('routing to several projects', () => {
  const rules: ProjectRules[] = [
    { name: 'xen', lists: ['xen-devel@lists.x.org'], prefixes: ['XEN'], fallback: true },
    { name: 'qemu', lists: ['qemu-devel@lists.q.org'], prefixes: ['QEMU'], fallback: true },
  ];
  const to = 'xen-devel@lists.x.org, qemu-devel@lists.q.org';

  test('a series to two lists is in both projects, and says so', async () => {
    const { series, dispositions } = await derive([patch('p', '[PATCH] both', { to })], rules);
    assert.deepEqual(
      series.map((one) => one.project),
      ['qemu', 'xen'],
    );
    assert.equal(dispositions[0]?.reason, 'the only patch of v1, also in qemu');
  });

  test('a subject word sends it to one', async () => {
    const { series } = await derive([patch('p', '[QEMU PATCH] one', { to })], rules);
    assert.deepEqual(
      series.map((one) => one.project),
      ['qemu'],
    );
  });
});

test('why versions are linked is kept with the later one', async () => {
  const { series } = await derive([
    patch('a', '[PATCH] x: do this', { date: at(0) }),
    patch('b', '[PATCH v2] x: do this', { date: at(5), body: patchBody('file.c', 'changed') }),
    patch('c', '[PATCH v3] x: do it so', { date: at(9), replyTo: 'b', body: patchBody('file.c', 'changed') }),
  ]);
  assert.deepEqual(
    series.map((one) => one.linked),
    [
      [],
      ['the same author and title as v1', '1 patch with the same title as v1'],
      ['1 patch with the same content as v2', 'an answer of the author to v2'],
    ],
  );
});
