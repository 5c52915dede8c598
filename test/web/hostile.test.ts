import assert from 'node:assert/strict';
import { test } from 'node:test';
import { putMessages } from '../../src/store/messages.ts';
import { decide } from '../../src/store/outbox.ts';
import { replaceSeries } from '../../src/store/series.ts';
import type { Tag } from '../../src/review/tag.ts';
import { withoutOwnScript, assertSoundPage } from '../helpers/html.ts';
import { mailText } from '../helpers/mail-text.ts';
import {
  WAITING,
  sampleDisposition,
  sampleMessage,
  sampleOutgoing,
  sampleSeries,
  sampleTags,
} from '../helpers/samples.ts';
import { NOW, testWeb } from '../helpers/web.ts';

/** Markup, a quote that ends an attribute, and characters that turn the direction. */
const EVIL = `"><script>alert(1)</script>'<img src=x onerror=alert(1)>\u202Eevil\u2066`;
const MSGID = `<"onmouseover='x'/?#%2F&@example.org>`;

function assertHarmless(html: string): void {
  assertSoundPage(html);
  assert.doesNotMatch(withoutOwnScript(html), /<script|<img|[\u202a-\u202e\u2066-\u2069]/);
  assert.match(html, /&lt;script&gt;alert\(1\)&lt;\/script&gt;/);
  assert.match(html, /⟨U\+202E⟩evil⟨U\+2066⟩/);
}

test('markup and direction marks of a mail are shown and never obeyed, on every page', async (t) => {
  const { app, page, store } = await testWeb(t);
  const author = { name: EVIL, email: EVIL };
  const plain = sampleSeries('one');
  const [patch] = plain.patches;
  assert.ok(patch);
  const patches = [{ ...patch, msgid: MSGID, subject: EVIL, author }];
  const series = { ...plain, msgid: MSGID, subject: EVIL, author, target: EVIL, patches };
  const [tag] = sampleTags(MSGID).patches.get(MSGID) ?? [];
  assert.ok(tag);
  const evilTag: Tag = { ...tag, kind: EVIL, name: EVIL, value: EVIL, why: EVIL, area: EVIL, givenIn: MSGID };
  await store.transaction(async (tx) => {
    const tags = { cover: [evilTag], patches: new Map([[MSGID, [evilTag]]]) };
    const readiness = { state: 'blocked', missing: [EVIL] } as const;
    const disposition = sampleDisposition(MSGID, { reason: EVIL });
    await replaceSeries(tx, 1, [{ series, tags, readiness }], [disposition]);
    const raw = mailText({
      id: 'x',
      subject: EVIL,
      from: `"${EVIL.replaceAll('"', '')}" <a@example.org>`,
      body: `${EVIL}\n`,
    });
    await putMessages(tx, [sampleMessage(MSGID, raw.toString('latin1'))]);
    const message = { ...sampleOutgoing('<r@bot>'), subject: EVIL, text: EVIL };
    await decide(tx, { project: 'xen', key: 'key-one', kind: 'held', outcome: 'held', message, mode: 'shadow' }, NOW);
  });
  const mail = `/message/${encodeURIComponent(MSGID)}`;
  const patchPage = `/patch/${encodeURIComponent(MSGID)}`;
  const own = ['/', '/series', '/change/change-one', '/change/change-one/compare', '/outbox'];
  for (const path of [...own, mail, `${patchPage}/evidence`]) assertHarmless(await page(path));
  for (const path of ['/machine', '/plots']) assertSoundPage(await page(path));
  const feed = await page('/series.atom');
  assert.doesNotMatch(feed, /<script|<img|[\u202a-\u202e\u2066-\u2069]/);
  assert.match(
    await page('/change/change-one'),
    /href="\/patch\/%22onmouseover%3D&#39;x&#39;%2F%3F%23%252F%26%40example\.org"/,
  );
  assert.match(await page(`/series?q=${encodeURIComponent('<script>')}`), /value="&lt;script&gt;"/);

  const raw = await app.request(`${mail}/raw`);
  assert.equal(raw.status, 200);
  assert.equal(raw.headers.get('Content-Disposition'), 'attachment; filename="onmouseoverx2F@example.org.eml"');
  const [view] = (await (await app.request('/api/v1/series')).json()) as { subject: string }[];
  assert.equal(view?.subject, EVIL);
});

test('long lines and endless mails are cut, and the page says so', async (t) => {
  const { page, store } = await testWeb(t);
  const body = `${'x'.repeat(500_000)}\n${'line\n'.repeat(20_000)}`;
  const raw = mailText({ id: 'long', subject: 'y'.repeat(5_000), body });
  await store.transaction((tx) => putMessages(tx, [sampleMessage('<long@example.org>', raw.toString('latin1'))]));
  const html = await page('/message/long@example.org');
  assertSoundPage(html);
  assert.ok(html.length < 100_000, String(html.length));
  assert.match(html, /\[… 499000 more characters\]/);
  assert.match(html, /The text is longer than what is shown here/);
});

test('a Message-ID that is no well-formed text does not keep a change from being shown', async (t) => {
  const { page, store } = await testWeb(t);
  const series = sampleSeries('odd', { msgid: '<\ud800@example.org>' });
  const rows = [{ series, tags: sampleTags(series.msgid), readiness: WAITING }];
  await store.transaction((tx) => replaceSeries(tx, 1, rows, []));
  const html = await page(`/change/${series.change}`);
  assertSoundPage(html);
  assert.match(html, /\/all\/%EF%BF%BD@example\.org/);
});

test('all of a header is shown as it came, and what is hostile in it is only shown', async (t) => {
  const { page, store } = await testWeb(t);
  const headers = `X-Folded: one\n\ttwo\nX-Evil: ${EVIL}\nX-Long: ${'z'.repeat(3_000)}\n`;
  const raw = mailText({ id: 'h', subject: 'x', headers, body: 'X-Body: no\n' });
  await store.transaction((tx) => putMessages(tx, [sampleMessage('<h@example.org>', raw.toString('latin1'))]));
  const html = await page('/message/h@example.org');
  assertHarmless(html);
  const [, head = ''] = /<summary>All header fields<\/summary><pre [^>]*>([\s\S]*?)<\/pre>/.exec(html) ?? [];
  assert.match(head, /^<bdi>From: Ann Author &lt;ann@example\.org&gt;\nTo: /);
  assert.match(head, /\nX-Folded: one\n\ttwo\n/);
  assert.match(head, /\[… 2008 more characters\]/);
  assert.doesNotMatch(head, /X-Body/);
});

test('a mail of random bytes has a page', async (t) => {
  const { page, store } = await testWeb(t);
  const bytes = Buffer.from(Array.from({ length: 4_000 }, (_, at) => (at * at * 7 + at * 13) % 256));
  await store.transaction((tx) => putMessages(tx, [sampleMessage('<\ufffd@x>', bytes.toString('latin1'))]));
  assertSoundPage(await page(`/message/${encodeURIComponent('<\ufffd@x>')}`));
});

test('what is not known is 404, what cannot be understood is 400, both with a page', async (t) => {
  const { app, page } = await testWeb(t);
  for (const path of [
    '/nothing',
    '/message/none@example.org',
    '/message/%E0%A4%A',
    '/message/x/raw',
    '/change/none',
    '/change/none/compare',
    '/change/none/events',
    '/change/none/v1-x/mbox',
    '/patch/none@example.org',
    '/patch/none@example.org/evidence',
    '/static/style.css',
  ])
    assertSoundPage(await page(path, 404));
  const bad = [
    '/series?q=state:open',
    '/series?q=ready:maybe',
    '/series?q=age:old',
    '/series?q=has:nothing',
    '/series?q=waiting:me',
    '/series?q=---',
    '/series?sort=random',
    '/series?project=none',
    '/series?after=x',
    '/series.atom?q=state:open',
    `/series?q=${'a'.repeat(301)}`,
  ];
  for (const path of [
    ...bad,
    '/series?q=a+b+c+d+e+f+g+h+i+j+k+l+m',
    '/series?q=%00',
    '/outbox?state=x',
    '/change/x?project=none',
  ])
    assertSoundPage(await page(path, 400));
  for (const path of [
    '/api/v1/series?limit=0',
    '/api/v1/series?limit=201',
    '/api/v1/series?limit=x',
    '/api/v1/series?format=xml',
  ]) {
    const answer = await app.request(path);
    assert.equal(answer.status, 400);
    assert.deepEqual(Object.keys((await answer.json()) as object), ['error']);
  }
});
