/** Law 7: mail of any size and shape costs no more than its size. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readCopy } from '../../handlers/read-mail.ts';
import { parseSubject } from '../../src/patch/subject.ts';
import { linkKeys } from '../../src/series/component.ts';
import { deriveAll, type Digested, digestOf } from '../helpers/digests.ts';
import { assertLinear } from '../helpers/growth.ts';
import { type MailParts, mailText, patchBody } from '../helpers/mail-text.ts';

const ROB = 'Rob Reviewer <rob@example.org>';
const LIMIT = 25e6;

/** Whether one mail, read through mail, patch, series and review, costs no more than its size. */
async function linear(size: number, partsOf: (size: number) => Partial<MailParts>): Promise<void> {
  await assertLinear(size, (many) => {
    const raw = mailText({ id: 'x', subject: '[PATCH] x', ...partsOf(many) });
    return async () => {
      const copy = await readCopy(raw, LIMIT);
      linkKeys(copy.digest.entry);
    };
  });
}

function lines(count: number, line: (at: number) => string): string {
  return Array.from({ length: count }, (_, at) => line(at)).join('\n');
}

describe('one mail stays linear', () => {
  test('with 10,000 References', async () => {
    await linear(2_500, (n) => ({ headers: `References: ${lines(n, (at) => ` <r${at}@example.org>`)}\n` }));
  });

  test('with 10,000 recipients', async () => {
    await linear(2_500, (n) => ({ headers: `Cc: ${lines(n, (at) => ` P${at} <p${at}@example.org>,`)}\n` }));
  });

  test('with 10,000 header fields', async () => {
    await linear(2_500, (n) => ({ headers: `${lines(n, (at) => `X-${at}: ${at}`)}\n` }));
  });

  test('with 10,000 tag lines', async () => {
    const subject = 'Re: [PATCH] x';
    await linear(2_500, (n) => ({ subject, body: lines(n, (at) => `Reviewed-by: R ${at} <r${at}@example.org>`) }));
    await linear(2_500, (n) => ({ subject, body: lines(n, (at) => `Reviewed-by: he sent ${at}`) }));
    await linear(2_500, (n) => ({ subject, body: lines(n, (at) => `Reviewwed-bye${at}-by: ${ROB}`) }));
  });

  test('with 10,000 trailers in the patch', async () => {
    const message = (n: number): string => `Why.\n\n${lines(n, (at) => `Acked-by: R ${at} <r${at}@example.org>`)}`;
    await linear(2_500, (n) => ({ body: patchBody('f.c', 'x', message(n)) }));
  });

  test('with 5 MB on one line', async () => {
    for (const text of [
      'x',
      ' ',
      '>',
      '-',
      '[',
      '<',
      '@',
      '=',
      '(',
      '"',
      '\t',
      '&lt;',
      'a-',
      'Re: ',
      '\u00A0',
      '_',
      'a@b<',
      '<mailto:',
      '. ',
      'I ',
    ]) {
      const make = (n: number): Partial<MailParts> => ({
        subject: 'Re: x',
        body: text.repeat(Math.ceil(n / text.length)),
      });
      await linear(1_250_000, make);
      await linear(1_250_000, (n) => ({ ...make(n), subject: '[PATCH] x' }));
    }
  });

  test('with many lines of one kind', async () => {
    for (const line of [
      '',
      '> x',
      '---',
      '--',
      '-- ',
      '@@ -1 +1 @@',
      'diff --git a/x b/x',
      '--- a/x',
      '+++ b/x',
      'From: a@b',
      'Subject: x',
      '____________________________________',
      'Reviewed-by: Rob',
      'Reviewed-by:',
      '[x86]',
      'With that fixed',
      '-- >8 --',
      'Index: x',
      'GIT binary patch',
      'literal 5',
      'rename from x',
      '\\ No newline',
      'NAK',
      'I object. ',
      'change-id: x',
      'base-commit: x',
    ]) {
      const make = (n: number): Partial<MailParts> => ({
        subject: 'Re: x',
        body: `${line}\n`.repeat(Math.ceil(n / (line.length + 1))),
      });
      await linear(100_000, make);
      await linear(100_000, (n) => ({ ...make(n), subject: '[PATCH] x' }));
    }
  });

  test('with 10,000 nested multiparts, and 10,000 beside each other', async () => {
    const nested = (n: number): Partial<MailParts> => ({
      headers: 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b0\n',
      body: lines(n, (at) => `--b${at}\nContent-Type: multipart/mixed; boundary=b${at + 1}\n`),
    });
    await linear(2_500, nested);
    await linear(2_500, (n) => ({ ...nested(0), body: lines(n, () => '--b0\nContent-Type: text/plain\n\nx') }));
    await linear(2_500, (n) => ({
      ...nested(0),
      body: lines(n, () => '--b0\nContent-Type: text/x-patch; name=a.patch\n\nx'),
    }));
  });

  test('with a boundary that the text almost is', async () => {
    const headers = `MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="${'-'.repeat(60)}"\n`;
    await linear(250_000, (n) => ({ headers, body: '-'.repeat(n) }));
  });

  test('with 10,000 hunks, and 10,000 files', async () => {
    const hunk = '@@ -1,2 +1,3 @@\n one\n+x\n two';
    const file = (at: number): string => `diff --git a/f${at} b/f${at}\n--- a/f${at}\n+++ b/f${at}\n${hunk}`;
    await linear(2_500, (n) => ({ body: `Why.\n---\n${file(0)}\n${lines(n, () => hunk)}\n` }));
    await linear(2_500, (n) => ({ body: `Why.\n---\n${lines(n, file)}\n` }));
    await linear(2_500, (n) => ({ subject: 'Re: x', body: `Why.\n---\n${lines(n, file)}\n` }));
    await linear(2_500, (n) => ({ body: `Why.\n---\n${lines(n, () => 'diff --git a/x b/x')}\n` }));
    await linear(2_500, (n) => ({
      body: `Why.\n---\n--- a/x\n+++ b/x\n@@ -1,999999999 +1,999999999 @@\n${lines(n, () => ' x')}\n`,
    }));
  });

  test('with a subject or a name of 100,000 characters', async () => {
    for (const text of [
      'x',
      '[',
      '[PATCH ',
      ']',
      'Re: ',
      '[x]',
      '1/',
      'v1.',
      '=?utf-8?q?a?= ',
      '=?',
      'ping: ',
      '(',
      '"',
      ',',
      ' via ',
      '<',
      '@',
    ]) {
      await linear(25_000, (n) => ({ subject: text.repeat(Math.ceil(n / text.length)) }));
      await linear(25_000, (n) => ({ from: `${text.repeat(Math.ceil(n / text.length))} <a@example.org>` }));
    }
  });

  test('with broken transfer encodings', async () => {
    const encoded = (encoding: string): string =>
      `MIME-Version: 1.0\nContent-Type: text/plain\nContent-Transfer-Encoding: ${encoding}\n`;
    for (const [encoding, text] of [
      ['base64', '='],
      ['base64', 'QQ==\n'],
      ['quoted-printable', '='],
      ['quoted-printable', '= '],
      ['quoted-printable', ' '],
      ['quoted-printable', '=\n'],
    ] as const) {
      await linear(250_000, (n) => ({ headers: encoded(encoding), body: text.repeat(Math.ceil(n / text.length)) }));
    }
  });
});

describe('many mails stay linear', () => {
  /** Whether deriving one component costs no more than its size. */
  async function derives(size: number, mailsOf: (size: number) => readonly MailParts[]): Promise<void> {
    const read = new Map<string, Digested>();
    const sets = new Map<number, Digested[]>();
    for (const count of [size, size * 4]) {
      const digests: Digested[] = [];
      for (const parts of mailsOf(count)) {
        const raw = mailText(parts);
        const digest = read.get(raw.toString()) ?? (await digestOf(raw));
        read.set(raw.toString(), digest);
        digests.push(digest);
      }
      sets.set(count, digests);
    }
    await assertLinear(size, (count) => () => deriveAll(sets.get(count) ?? []));
  }

  const date = (at: number): string =>
    new Date(Date.UTC(2024, 0, 1) + at * 60_000).toUTCString().replace('GMT', '+0000');
  const many = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));
  const patch: MailParts = { id: 'p', subject: '[PATCH] x', body: patchBody('f.c', 'x') };
  const reply = (at: number, rest: Partial<MailParts> = {}): MailParts => ({
    id: `r${at}`,
    subject: 'Re: [PATCH] x',
    from: `Rob Number${at} <r${at}@example.org>`,
    replyTo: 'p',
    date: date(at),
    body: `Reviewed-by: Rob Number${at} <r${at}@example.org>\n`,
    ...rest,
  });

  test('10,000 replies to one patch, each with its tag', async () => {
    await derives(2_500, (n) => [patch, ...many(n, (at) => reply(at))]);
  });

  test('4,000 replies of one person, who cannot make up his mind', async () => {
    const words = [`Acked-by: ${ROB}`, 'NAK', 'I withdraw my Acked-by.', `Acked-by: ${ROB} # arm`];
    await derives(1_000, (n) => [
      patch,
      ...many(n, (at) => reply(at, { from: ROB, body: words[at % words.length] ?? '' })),
    ]);
    await derives(1_000, (n) => [patch, ...many(n, (at) => reply(at, { from: ROB, body: `Kind${at}-by: ${ROB}` }))]);
  });

  test('a chain of 4,000 replies', async () => {
    await derives(1_000, (n) => [patch, ...many(n, (at) => reply(at, at === 0 ? {} : { replyTo: `r${at - 1}` }))]);
  });

  test('4,000 replies to mails that never came', async () => {
    await derives(1_000, (n) => [
      patch,
      ...many(n, (at) => reply(at, { replyTo: `lost${at}`, to: 'Ann Author <ann@example.org>' })),
    ]);
  });

  test('5,000 series of one author with one title', async () => {
    for (const subject of ['[PATCH] x', '[PATCH 1/2] x', '[PATCH v2.1 2/3] x']) {
      await derives(1_250, (n) => many(n, (at) => ({ ...patch, subject, id: `p${at}`, date: date(at * 600) })));
    }
  });

  test('2,000 covers with one title, and 2,000 series that differ in content or lack all but one of 999', async () => {
    const other = (n: number, subject: string): MailParts[] =>
      many(n, (at) => ({ ...patch, subject, id: `p${at}`, date: date(at * 600), body: patchBody('f.c', `x${at}`) }));
    for (const subject of ['[PATCH 0/2] x', '[PATCH] x', '[PATCH 3/999] x'])
      await derives(500, (n) => other(n, subject));
  });

  test('400 versions of one patch, each with a tag', async () => {
    await derives(100, (n) =>
      many(n, (at) => [
        { ...patch, subject: `[PATCH v${at + 1}] x`, id: `p${at}`, date: date(at * 2) },
        reply(at, { replyTo: `p${at}`, date: date(at * 2 + 1) }),
      ]).flat(),
    );
  });

  test('2,000 patches that all answer one cover, and a chain of 2,000 patches', async () => {
    const cover: MailParts = { id: 'c', subject: '[PATCH 0/9999] x' };
    const part = (at: number, replyTo: string): MailParts => ({
      ...patch,
      id: `p${at}`,
      subject: `[PATCH ${at + 1}/9999] x ${at}`,
      date: date(at),
      replyTo,
    });
    await derives(500, (n) => [cover, ...many(n, (at) => part(at, 'c'))]);
    await derives(500, (n) => [cover, ...many(n, (at) => part(at, at === 0 ? 'c' : `p${at - 1}`))]);
    await derives(500, (n) => [cover, ...many(n, (at) => ({ ...part(at, 'c'), subject: '[PATCH 1/9999] x' }))]);
  });

  test('a hundred tags on a cover of 1,000 patches', async () => {
    const cover: MailParts = { id: 'p', subject: '[PATCH 0/9999] x' };
    await derives(250, (n) => [
      cover,
      ...many(n, (at) => ({
        ...patch,
        id: `p${at}`,
        subject: `[PATCH ${at + 1}/9999] x ${at}`,
        date: date(at),
        replyTo: 'p',
      })),
      ...many(100, (at) => reply(at)),
    ]);
  });

  test('4,000 mails that answer each other in a circle', async () => {
    await derives(1_000, (n) => many(n, (at) => reply(at, { replyTo: `r${(at + 1) % n}` })));
  });
});

test('a total of more than four digits is none, so that what is missing stays a short list', () => {
  assert.equal(parseSubject('[PATCH 1/99999] x').total, null);
});
