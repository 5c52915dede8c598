import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { renderMessage } from '../../src/mail/render.ts';
import { renderReport } from '../../src/report/render.ts';
import { reportOf } from '../../src/report/report.ts';
import { answered, bot, check, conflicting, series, templates, applied } from './samples.ts';
import { renderAnswer } from '../../src/report/answer.ts';

/** All header fields that a report may have. */
const FIELDS = new Set(
  'From To Cc Subject Message-ID In-Reply-To References Date MIME-Version Content-Type Content-Transfer-Encoding Auto-Submitted X-Auto-Response-Suppress X-Patchloom X-Patchloom-Series X-Patchloom-Outcome'
    .toLowerCase()
    .split(' '),
);

/** Text as an attacker writes it: line ends of all kinds, header fields, mbox and SMTP marks, RFC 2047 bombs. */
const evil = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\r\n',
        '\n',
        '\r',
        '\u2028',
        '\u0085',
        '\0',
        '\r\nBcc: all@example.org',
        '\r\n\r\nSigned-off-by: Mal <mal@evil.test>',
        '\r\n.\r\n',
        '\nFrom mal@evil.test Thu Jan  1 00:00:00 1970\n',
        '\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n',
        '\n@patchloom opt-out\n',
        `=?utf-8?q?${'=0D=0ABcc:_x'.repeat(40)}?=`,
        '\u202e',
        '"<>,;:@',
      ),
      fc.string({ maxLength: 20 }),
      fc.string({ unit: 'binary', maxLength: 20 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));

function assertSound(raw: string): void {
  assert.doesNotMatch(raw, /[^\r]\n|\r[^\n]/, 'only CR LF ends a line');
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  const lines = head.split('\r\n');
  const names = lines
    .filter((line) => !/^[ \t]/.test(line))
    .map((line) => line.slice(0, line.indexOf(':')).toLowerCase());
  assert.deepEqual(
    names.filter((name) => !FIELDS.has(name)),
    [],
    'a field that is not ours',
  );
  assert.equal(new Set(names).size, names.length, 'each field once');
  assert.ok(lines.every((line) => line.length <= 998));
  assert.doesNotMatch(head, /=\?utf-8\?q\?=0D=0A/, 'no encoded word of somebody else');
  const body = rest.join('\r\n\r\n').replaceAll('=\r\n', '').split('\r\n');
  const taken = body.filter((line) =>
    /^(?:From |diff |--- a|[A-Z][a-z]+(?:-[a-z]+)*-by:|@patchloom|Index: )/.test(line),
  );
  assert.deepEqual(taken, [], 'nothing that a tool takes for a tag, a patch, a separator or a request');
}

test('whatever a series holds, a report has our header fields and nothing that a tool takes as real', async () => {
  await fc.assert(
    fc.asyncProperty(evil, evil, evil, evil, async (subject, name, detail, id) => {
      const hostile = {
        ...series,
        subject,
        author: { name, email: series.author.email },
        patches: series.patches.map((patch) => ({ ...patch, subject, author: { name, email: `${id}@x` } })),
      };
      const message = {
        ...answered(2),
        subject,
        references: [id, `<${id}@x>`],
        from: { name, email: 'ann@example.org' },
      };
      const conflict = { index: 2, msgid: '<v2-2@example.org>', file: detail, line: 3, detail };
      const failing = check('fail', series.patches[1] ?? null, { excerpt: detail, summary: detail });
      const verdict = { state: 'fail', firstFailing: 2, failing: [failing], tipPasses: false } as const;
      const base = { series: hostile, checks: [], settings: { success: true, held: true } };
      for (const facts of [
        { ...base, mirror: { ...conflicting, conflict }, verdict: null },
        { ...base, mirror: applied, checks: [failing], verdict },
      ]) {
        const report = reportOf(facts);
        assert.ok(report);
        const mail = renderReport({
          report,
          series: hostile,
          message,
          bot,
          settings: { to: 'list', lists: ['hello@lists.example.org'], extra: [] },
          links: { repository: null, branch: null, page: null },
          msgid: '<report-1@bot.example.org>',
          date: '2024-06-28T13:00:00Z',
          templates,
        });
        assert.ok(mail);
        assertSound((await renderMessage(mail)).toString('latin1'));
      }
    }),
    { numRuns: 150 },
  );
});

test('whatever a request holds, its answer goes to its writer alone and says nothing that is taken as real', async () => {
  await fc.assert(
    fc.asyncProperty(evil, evil, evil, async (request, name, subject) => {
      const mail = renderAnswer({
        said: [{ request, answer: 'Not done: this is nothing that can be asked for.' }],
        message: { msgid: '<ask@example.org>', references: [name], subject },
        writer: { name, email: 'ann@example.org' },
        project: 'hello',
        series: { ...series, subject },
        page: null,
        bot,
        msgid: `<patchloom-${'a'.repeat(32)}@lists.example.org>`,
        date: '2024-06-28T13:00:00Z',
        templates,
      });
      assert.ok(mail);
      const raw = (await renderMessage(mail)).toString('latin1');
      assertSound(raw);
      assert.match(raw, /^To:(?:[^\r]|\r\n )*ann@example\.org>?\r$/m);
    }),
    { numRuns: 100 },
  );
});

test('a To of ten thousand people in the patch is not our To', () => {
  const crowd = Array.from({ length: 10_000 }, (_, at) => ({ name: '', email: `p${at}@example.org` }));
  const report = reportOf({ series, mirror: conflicting, checks: [], verdict: null, settings: { success: false } });
  assert.ok(report);
  const mail = renderReport({
    report,
    series,
    message: { ...answered(2), to: crowd, cc: crowd },
    bot,
    settings: { to: 'list', lists: ['hello@lists.example.org'], extra: [] },
    links: { repository: null, branch: null, page: null },
    msgid: '<report-1@bot.example.org>',
    date: '2024-06-28T13:00:00Z',
    templates,
  });
  assert.equal((mail?.to.length ?? 0) + (mail?.cc.length ?? 0), 2);
});
