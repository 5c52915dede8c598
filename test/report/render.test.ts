import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Verdict } from '../../src/ci/run.ts';
import { parseMessage } from '../../src/mail/parse.ts';
import { renderMessage } from '../../src/mail/render.ts';
import type { Answered } from '../../src/report/recipients.ts';
import { changeOf, sinceWords } from '../../src/report/change.ts';
import { type RenderRequest, renderReport } from '../../src/report/render.ts';
import { type Report, type ReportFacts, reportOf } from '../../src/report/report.ts';
import { answered, applied, bot, check, conflicting, placed, series, templates } from './samples.ts';

const second = series.patches[1] ?? null;
const bad = check('fail', second);
const regression = check('fail', second, {
  context: 'test-arm64',
  url: 'https://ci.example.org/7',
  summary: 'exit 1 after 40 s',
  excerpt: 'FAIL greet/cy: no greeting',
  judged: { as: 'regression', ran: 'fail', summary: 'exit 1 after 40 s' },
});
const brokenBefore = check('warning', second, {
  context: 'docs',
  summary: 'broken before (the base fails too): exit 1 after 2 s',
  judged: { as: 'already-broken', ran: 'fail', summary: 'exit 1 after 2 s' },
});
const failed: Verdict = { state: 'fail', firstFailing: 2, failing: [bad, regression], tipPasses: true };
const LINKS = {
  repository: 'https://bot:token@git.example.org/hello.git',
  branch: 'https://git.example.org/hello/tree/patchloom/hello/greet-v2',
  page: 'https://patches.example.org/hello/greet-in-more-languages-1a2b3c4d',
};
const NO_LINKS = { repository: null, branch: null, page: null };

function decide(more: Partial<ReportFacts>): Report {
  const report = reportOf({
    series,
    mirror: applied,
    checks: [],
    verdict: failed,
    settings: { success: true, held: true },
    ...more,
  });
  assert.ok(report !== null);
  return report;
}

function render(report: Report, message: Answered, more: Partial<RenderRequest> = {}) {
  return renderReport({
    report,
    series,
    message,
    bot,
    settings: { to: 'list', lists: ['hello@lists.example.org', 'other@lists.example.org'], extra: [] },
    links: LINKS,
    msgid: '<report-1@bot.example.org>',
    date: '2024-06-28T13:00:00Z',
    templates,
    ...more,
  });
}

/** Compares with test/report/golden/NAME.txt. GOLDEN=write writes the files anew: read the difference before committing it. */
function golden(name: string, mail: ReturnType<typeof render>): void {
  assert.ok(mail !== null);
  const box = ({ name, email }: { name: string; email: string }) => (name === '' ? email : `${name} <${email}>`);
  const head = [
    `From: ${box(mail.from)}`,
    `To: ${mail.to.map(box).join(', ')}`,
    `Cc: ${mail.cc.map(box).join(', ')}`,
    `Subject: ${mail.subject}`,
    `In-Reply-To: ${mail.inReplyTo}`,
    `References: ${mail.references.join(' ')}`,
    ...Object.entries(mail.headers).map(([key, value]) => `${key}: ${value}`),
  ];
  const text = `${head.join('\n')}\n\n${mail.text}`;
  const file = join(import.meta.dirname, 'golden', `${name}.txt`);
  if (process.env['GOLDEN'] === 'write') writeFileSync(file, text);
  assert.equal(text, readFileSync(file, 'utf8'));
  for (const line of mail.text.split('\n')) assert.ok(line.length <= 72 || /^[ |]/.test(line), `too long: ${line}`);
}

test('a build failure is a reply to the patch that says all that a reader needs', () => {
  golden('build-failed', render(decide({ checks: [bad, regression, brokenBefore] }), answered(2)));
  const last = decide({ verdict: { ...failed, failing: [bad], tipPasses: false } });
  golden(
    'build-failed-private',
    render(last, answered(2), { links: NO_LINKS, settings: { to: 'author', lists: ['x@example.org'], extra: [] } }),
  );
  const whole = { state: 'fail', firstFailing: null, failing: [check('fail', null)], tipPasses: false } as const;
  golden('build-failed-series', render(decide({ verdict: whole }), answered(0)));
});

test('a conflict, a held series and a success have their own words', () => {
  golden('conflict', render(decide({ mirror: conflicting }), answered(2)));
  golden('conflict-place', render(decide({ mirror: placed }), answered(2)));
  const onTip = {
    state: 'conflict',
    base: conflicting.base,
    already: [],
    conflict: conflicting.conflict,
    reason: '',
  } as const;
  const moved = decide({ mirror: { ...applied, onTip }, verdict: null, settings: { success: false, stale: true } });
  golden('stale', render(moved, answered(2)));
  const held = {
    ...series,
    state: 'held' as const,
    complete: false,
    missing: [3],
    patches: series.patches.slice(0, 2),
  };
  const settings = { success: false, received: true };
  golden('received', render(decide({ mirror: null, verdict: null, settings }), answered(0)));
  golden('held', render(decide({ series: held, mirror: null }), answered(0), { series: held }));
  const verdict: Verdict = { state: 'success', firstFailing: null, failing: [], tipPasses: false };
  golden('success', render(decide({ verdict, checks: [check('success', second)] }), answered(0)));
});

test('a later change of outcome says only what changed, bad or good', () => {
  const facts = { series, mirror: applied, checks: [bad], verdict: failed, settings: { success: false } };
  const worse = changeOf(facts, 'conflict:2');
  const passed: Verdict = { state: 'success', firstFailing: null, failing: [], tipPasses: false };
  const better = changeOf({ ...facts, checks: [brokenBefore], verdict: { ...passed, state: 'warning' } }, 'conflict:2');
  const conflict = changeOf({ ...facts, mirror: conflicting }, 'success');
  assert.ok(worse && better && conflict);
  golden('changed', render(worse, answered(2)));
  golden('changed-mended', render(better, answered(0)));
  golden('changed-conflict', render(conflict, answered(2)));
});

test('what was said of the version before and is mended is named', () => {
  const verdict: Verdict = { state: 'success', firstFailing: null, failing: [], tipPasses: false };
  const mended = check('success', second, {
    context: 'docs',
    summary: 'fixed (the base fails): passed after 2.0 s',
    judged: { as: 'fixed', ran: 'success', summary: 'passed after 2.0 s' },
  });
  const report = decide({ verdict, checks: [check('success', second), mended] });
  const since = sinceWords(report, { version: 1, outcome: 'build-failed:3' });
  golden('success-since', render({ ...report, since }, answered(0)));
});

test('automatic mail, our own mail and unusable addresses are never answered', () => {
  const report = decide({});
  assert.equal(render(report, answered(2, { automatic: true })), null);
  assert.equal(render(report, answered(2, { from: { name: '', email: bot.email.toUpperCase() } })), null);
  assert.equal(render(report, answered(2, { fromHeader: bot })), null);
  assert.equal(render(report, answered(2, { from: { name: '', email: 'MAILER-DAEMON@example.org' } })), null);
  assert.equal(render(report, answered(2, { from: { name: '', email: 'a@b.org>\r\nBcc: x@y.org' } })), null);
});

test('the lists that got the mail get the answer, else the first list', () => {
  const copies = (message: Answered) => render(decide({}), message)?.cc.map(({ email }) => email);
  assert.deepEqual(copies(answered(2, { to: [{ name: '', email: 'OTHER@lists.example.org' }] })), [
    'other@lists.example.org',
  ]);
  assert.deepEqual(copies(answered(2, { to: [] })), ['hello@lists.example.org']);
});

test('a hostile mail cannot leave its place', async () => {
  const evil = 'x\r\nBcc: victim@example.org\r\n\r\n-- \nReviewed-by: Eve <eve@example.org>\u202e\u2028From nowhere';
  const report = {
    ...decide({}),
    checks: [{ ...bad, excerpt: `${evil}\ndiff --git a/x b/x\n--- a/x\n+++ b/x\nFrom me` }],
  };
  const worse = {
    ...series,
    subject: evil,
    author: { name: evil, email: 'eve@example.org' },
    patches: series.patches.map((one) => Object.assign({}, one, { subject: evil })),
  };
  const message = answered(2, {
    subject: evil,
    from: { name: evil, email: 'eve@example.org' },
    references: ['<ok@x>', evil, '<a b>'],
  });
  const mail = render(report, message, { series: worse });
  assert.ok(mail !== null);
  assert.deepEqual(mail.references, ['<ok@x>', '<v2-2@example.org>']);
  assert.equal(mail.text.match(/^-- $/gm)?.length, 1);
  assert.doesNotMatch(mail.text, /^(?:Reviewed-by|From|diff|---|\+\+\+|Bcc)/m);
  assert.doesNotMatch(mail.text, /[\u202e\u2028\r]/);
  const raw = (await renderMessage(mail)).toString('latin1');
  assert.doesNotMatch(raw, /^Bcc:/m);
  const back = await parseMessage(Buffer.from(raw, 'latin1'));
  assert.equal(back.automatic, true);
  assert.equal(back.text.trimEnd(), mail.text.trimEnd());
});

test('a mail without a Message-ID of its own gets an answer outside of a thread', () => {
  const mail = render(
    decide({}),
    answered(2, { msgid: '<abc@no-message-id.invalid>', references: [], subject: 'RE: re: [PATCH] x' }),
  );
  assert.equal(mail?.inReplyTo, null);
  assert.deepEqual(mail?.references, []);
  assert.equal(mail?.subject, 'Re: [PATCH] x');
});
