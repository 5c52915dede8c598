import assert from 'node:assert/strict';
import { test } from 'node:test';
import { saveChecks } from '../../src/store/checks.ts';
import { saveCursor } from '../../src/store/cursors.ts';
import { enqueue } from '../../src/store/jobs.ts';
import { putMessages } from '../../src/store/messages.ts';
import { saveMirror } from '../../src/store/mirrors.ts';
import { decide } from '../../src/store/outbox.ts';
import { replaceSeries } from '../../src/store/series.ts';
import type { Store } from '../../src/store/open.ts';
import type { Series } from '../../src/series/series.ts';
import { assertSoundPage, tagsOf, textOf } from '../helpers/html.ts';
import { mailText } from '../helpers/mail-text.ts';
import { WAITING, sampleCheck, sampleDisposition, sampleMessage, sampleMirror } from '../helpers/samples.ts';
import { sampleOutgoing, sampleSeries, sampleTags } from '../helpers/samples.ts';
import { NOW, testWeb } from '../helpers/web.ts';

const HOUR = 3_600_000;
const ONE = '<one-1@example.org>';

async function addSeries(store: Store, component: number, series: Series): Promise<void> {
  const dispositions = series.patches.map((patch) => sampleDisposition(patch.msgid, { series: series.msgid }));
  const tags = sampleTags(series.msgid);
  await store.transaction((tx) => replaceSeries(tx, component, [{ series, tags, readiness: WAITING }], dispositions));
}

/** Two patches of three. */
function heldSeries(): Series {
  const { patches, ...held } = sampleSeries('two', { state: 'held', complete: false, missing: [2], posted: NOW });
  const [first] = patches;
  assert.ok(first);
  const patch = (index: number) => ({ ...first, index, total: 3, msgid: `<two-${index}@example.org>` });
  return { ...held, patches: [patch(1), patch(3)] };
}

test('an empty store gives pages that say so', async (t) => {
  const { page } = await testWeb(t);
  for (const path of ['/', '/series', '/plots', '/machine', '/outbox']) assertSoundPage(await page(path));
  assert.match(await page('/'), /No series has arrived yet/);
  assert.match(textOf(await page('/')), /xen shadow: sends nothing .*ltp live/);
  assert.match(textOf(await page('/machine')), /imap ok connected .*Jobs all done .*Outbox empty/);
});

test('the overview shows projects, the newest changes and what would have been said; the machine has a page of its own', async (t) => {
  const { page, store } = await testWeb(t);
  await addSeries(store, 1, sampleSeries('one', { posted: NOW - 3 * HOUR }));
  await addSeries(store, 2, heldSeries());
  await store.transaction(async (tx) => {
    const message = sampleOutgoing('<r@bot>');
    const said = {
      project: 'xen',
      key: 'key-one',
      kind: 'conflict',
      outcome: 'conflict:1',
      message,
      mode: 'shadow',
    } as const;
    await decide(tx, said, NOW);
    await enqueue(tx, { kind: 'mirror', key: 'one', payload: null }, NOW - 2 * HOUR);
    await saveCursor(tx, 'xen-imap', '1:2');
  });
  const html = await page('/');
  assertSoundPage(html);
  const text = textOf(html);
  assert.match(text, /0 ready 1 waiting 0 blocked 1 held/);
  assert.match(text, /lib: do two right v1 · 2 of 3 patches · xen Ada Example held 1 of 3 just now/);
  assert.match(
    text,
    /lib: do one right v1 · 1 patch · xen Ada Example waiting patch 1: no Acked-by 1 of 1 3 hours ago/,
  );
  assert.match(text, /What the bot would have said .*Re: \[PATCH\] lib: do it right xen/);
  const machine = textOf(await page('/machine'));
  assert.match(machine, /xen-imap read none 0 0 ltp-archive not read yet/);
  assert.match(machine, /mirror 1 pending the oldest is 120 min behind/);
  assert.match(machine, /1 shadow: not sent/);
});

test('the page says so where the branch no longer takes an applied series', async (t) => {
  const { page, store } = await testWeb(t);
  const series = sampleSeries('one', { posted: NOW });
  await addSeries(store, 1, series);
  const base = { rule: 'default-branch', name: 'staging', commit: 'b'.repeat(40) } as const;
  const reason = 'patch 1 of 1 does not apply on staging';
  const onTip = { state: 'conflict', base, already: [], conflict: null, reason } as const;
  await store.transaction((tx) => saveMirror(tx, series, sampleMirror('b1', { onTip }), NOW));
  const text = textOf(await page(`/change/${series.change}`));
  assert.match(text, /no longer applies on staging \(b1\).* the branch has moved: patch 1 of 1 does not apply/);
});

test('the page of a change has versions, patches, tags, checks, mirror and what is missing', async (t) => {
  const { page, store } = await testWeb(t);
  const old = sampleSeries('one', { state: 'superseded', posted: NOW - 50 * HOUR });
  const patch = old.patches[0];
  assert.ok(patch);
  const newer = sampleSeries('one', {
    version: 2,
    msgid: '<one-v2@example.org>',
    key: 'key-next',
    posted: NOW - HOUR,
    target: '4.19',
    patches: [{ ...patch, msgid: '<one-v2@example.org>' }],
  });
  const of = { project: 'xen', key: 'key-next' };
  await store.transaction(async (tx) => {
    const tags = sampleTags(newer.msgid);
    const rows = [old, newer].map((series) => ({ series, tags, readiness: WAITING }));
    await replaceSeries(tx, 1, rows, []);
    await saveMirror(tx, of, sampleMirror('b'.repeat(40)), NOW);
    const failed = { state: 'fail', patch: newer.msgid, summary: 'exit 2', excerpt: 'a.c:1: error: <x>' } as const;
    const check = sampleCheck('build', { ...failed, url: 'https://example.org/log' });
    await saveChecks(tx, of, [{ check, jobHash: 'h' }], NOW);
  });
  const html = await page('/change/change-one?project=xen');
  assertSoundPage(html);
  assert.equal(await page('/change/change-one'), html);
  const text = textOf(html);
  assert.match(text, /v1 superseded 2024-06-29 10:00 UTC · 1 patch v2 complete/);
  assert.match(text, /v2 complete lib: do one right by Ada Example , 1 hour ago , for 4\.19/);
  assert.match(text, /waiting It can be committed when this has come: patch 1: no Acked-by/);
  assert.match(text, /applies on staging \(b{12}\), chosen by default-branch/);
  assert.match(
    text,
    /git fetch https:\/\/git\.example\.org\/xen\.git refs\/heads\/patchloom\/one With its tags curl -sSf 'http:\/\/localhost\/change\/change-one\/v2-key-next\/mbox\?project=xen' \| git am By b4 b4 am http:\/\/localhost\/all\/one-v2@example\.org As an mbox/,
  );
  assert.match(text, /patchloom am '<one-v2@example\.org>'/);
  assert.match(text, /1\/1 lib: do one right applies c1 fails exit 2 Output a\.c:1: error: <x>/);
  assert.match(text, /Reviewed-by Bob Example reply to the patch/);
  assert.doesNotMatch(html, /secret/);
  assert.match(html, /href="https:\/\/example\.org\/log"/);
  assert.match(html, /href="https:\/\/example\.org\/list\/one-v2@example\.org\/"/);
  assert.match(html, /href="\/message\/reply%40example\.org"/);
});

test('a patch that has not arrived has its line, and a conflict its place', async (t) => {
  const { page, store } = await testWeb(t);
  await addSeries(store, 1, heldSeries());
  const conflict = {
    index: 3,
    msgid: '<two-3@example.org>',
    file: 'lib/a.c',
    line: 12,
    detail: 'patch does not apply',
  };
  const result = sampleMirror('b'.repeat(40), {
    state: 'conflict',
    conflict,
    ref: null,
    reason: 'patch 3 does not apply',
  });
  await store.transaction((tx) => saveMirror(tx, { project: 'xen', key: 'key-two' }, result, NOW));
  const html = await page('/change/change-two');
  assertSoundPage(html);
  const text = textOf(html);
  assert.match(text, /Patch 2 has not arrived\./);
  assert.match(
    text,
    /1\/3 .*2\/3 has not arrived – – – 3\/3 lib: do two right does not apply lib\/a\.c:12 Output patch does not apply/,
  );
  assert.doesNotMatch(text, /git fetch/);
});

test('the page of a mail tells where it ended, and shows text, quotes and tags', async (t) => {
  const { app, page, store } = await testWeb(t);
  await addSeries(store, 1, sampleSeries('one'));
  const body = '> +int a;\n\nFine.\n\nReviewed-by: Bob Example <bob@example.org>\n';
  const raw = mailText({ id: 'reply', subject: 'Re: [PATCH] lib: do it right', replyTo: 'one-1', body });
  const remark = {
    kind: 'Reviewed-by',
    name: 'Bob Example',
    email: 'bob@example.org',
    value: 'Bob Example <bob@example.org>',
    area: null,
    line: 'Reviewed-by: Bob Example <bob@example.org>',
    conditional: null,
    form: 'line' as const,
    scope: null,
  };
  const message = sampleMessage('<reply@example.org>', raw.toString('latin1'));
  const digest = { ...message.digest, remarks: [remark, { ...remark, kind: 'Acked-by' }] };
  await store.transaction(async (tx) => {
    await putMessages(tx, [{ ...message, digest }]);
    const reply = sampleDisposition('<reply@example.org>', {
      kind: 'reply',
      series: ONE,
      reason: 'reply to patch 1/1',
    });
    const series = sampleSeries('one');
    await replaceSeries(tx, 1, [{ series, tags: sampleTags(ONE), readiness: WAITING }], [reply]);
  });
  const html = await page('/message/%3Creply%40example.org%3E');
  assertSoundPage(html);
  assert.equal(await page('/message/reply@example.org'), html);
  const text = textOf(html);
  assert.match(text, /reply reply to patch 1\/1 Belongs to v1 of lib: do one right/);
  assert.match(text, /From Ann Author <ann@example\.org>/);
  assert.match(text, /Reviewed-by: Bob Example <bob@example\.org> given reply to the patch/);
  assert.match(text, /Acked-by: Bob Example <bob@example\.org> was not taken for any patch/);
  assert.match(
    html,
    /<span class="quote">&gt; \+int a;\n<\/span><span class="text">\nFine\.\n\n<\/span><span class="tag">Reviewed-by/,
  );
  assert.match(html, /href="\/message\/reply%40example\.org\/raw"/);
  assert.doesNotMatch(html, /href="\/message\/one-1%40example\.org"/, 'a mail that is not here has no page');
  await store.transaction((tx) =>
    putMessages(tx, [sampleMessage(ONE, mailText({ id: 'one-1', subject: '[PATCH] x' }).toString('latin1'))]),
  );
  assert.match(await page('/message/reply@example.org'), /href="\/message\/one-1%40example\.org"/);

  const download = await app.request('/message/reply%40example.org/raw');
  assert.deepEqual(Buffer.from(await download.arrayBuffer()), raw);
  assert.equal(download.headers.get('Content-Disposition'), 'attachment; filename="reply@example.org.eml"');
  assert.match(download.headers.get('Content-Security-Policy') ?? '', /^sandbox; default-src 'none'/);
  assert.equal(download.headers.get('X-Content-Type-Options'), 'nosniff');
});

test('the outbox shows every decided mail with its whole text', async (t) => {
  const { page, store } = await testWeb(t);
  await addSeries(store, 1, sampleSeries('one'));
  await store.transaction(async (tx) => {
    for (const [outcome, mode] of [
      ['conflict:1', 'shadow'],
      ['held', 'live'],
      ['success', 'moderate'],
    ] as const) {
      const message = { ...sampleOutgoing(`<${mode}@bot>`), subject: `Re: ${mode}` };
      await decide(tx, { project: 'xen', key: 'key-one', kind: 'held', outcome, message, mode }, NOW - HOUR);
    }
  });
  const html = await page('/outbox');
  assertSoundPage(html);
  assert.match(textOf(html), /Re: moderate waits for a yes .*Re: live queued .*Re: shadow shadow: not sent/);
  assert.equal(tagsOf(html, 'article').length, 3);
  assert.match(
    textOf(html),
    /To Ada Example <ada@example\.org> Subject Re: live Message-ID <live@bot> It does not build\./,
  );
  assert.match(html, /href="\/change\/change-one\?project=xen"/);
  const shadow = await page('/outbox?state=shadow');
  assertSoundPage(shadow);
  assert.match(textOf(shadow), /Re: shadow/);
  assert.doesNotMatch(textOf(shadow), /Re: live/);
});
