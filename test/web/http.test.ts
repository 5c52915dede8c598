import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { enqueue } from '../../src/store/jobs.ts';
import { putMessages } from '../../src/store/messages.ts';
import { decide } from '../../src/store/outbox.ts';
import { replaceSeries } from '../../src/store/series.ts';
import { PatchloomError } from '../../src/util/errors.ts';
import { listen } from '../../src/web/listen.ts';
import { CONTENT_POLICY } from '../../src/web/security.ts';
import { assertSoundPage } from '../helpers/html.ts';
import { WAITING, sampleMessage, sampleOutgoing, sampleSeries, sampleTags } from '../helpers/samples.ts';
import { NOW, testWeb } from '../helpers/web.ts';

test('every answer has the security headers', async (t) => {
  const { app } = await testWeb(t);
  for (const path of [
    '/',
    '/series',
    '/outbox',
    '/none',
    '/series?state=x',
    '/healthz',
    '/metrics',
    '/api/v1/series',
  ]) {
    const { headers } = await app.request(path);
    assert.equal(headers.get('Content-Security-Policy'), CONTENT_POLICY, path);
    assert.equal(headers.get('X-Content-Type-Options'), 'nosniff');
    assert.equal(headers.get('Referrer-Policy'), 'no-referrer');
    assert.ok(headers.get('Cache-Control'));
  }
});

test('methods that change things are refused on every path', async (t) => {
  const { app } = await testWeb(t);
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    for (const path of ['/', '/outbox', '/none', '/patch/1/mbox/']) {
      const answer = await app.request(path, { method });
      assert.equal(answer.status, 405);
      assert.equal(answer.headers.get('Allow'), 'GET, HEAD');
      assert.equal(answer.headers.get('Content-Security-Policy'), CONTENT_POLICY);
    }
  }
});

test('HEAD answers like GET without a body', async (t) => {
  const { app } = await testWeb(t);
  for (const [path, status] of [
    ['/', 200],
    ['/healthz', 200],
    ['/none', 404],
  ] as const) {
    const answer = await app.request(path, { method: 'HEAD' });
    assert.equal(answer.status, status);
    assert.equal(await answer.text(), '');
  }
});

test('a page is packed for whom asks for it, and is the same page', async (t) => {
  const { app } = await testWeb(t);
  const plain = await app.request('/series');
  const packed = await app.request('/series', { headers: { 'Accept-Encoding': 'br, gzip;q=0.5' } });
  assert.equal(packed.headers.get('Content-Encoding'), 'gzip');
  assert.equal(gunzipSync(await packed.arrayBuffer()).toString(), await plain.text());
  assert.equal(packed.headers.get('ETag'), `W/${plain.headers.get('ETag')}`);
  for (const { headers } of [plain, packed]) assert.equal(headers.get('Vary'), 'Accept-Encoding');
  const tag = packed.headers.get('ETag') ?? '';
  const again = await app.request('/series', { headers: { 'Accept-Encoding': 'gzip', 'If-None-Match': tag } });
  assert.equal(again.status, 304);
  const refused = await app.request('/series', { headers: { 'Accept-Encoding': 'gzip;q=0' } });
  assert.equal(refused.headers.get('Content-Encoding'), null);
  const missing = await app.request('/change/none', { headers: { 'Accept-Encoding': 'gzip' } });
  assert.equal(missing.status, 404);
  assert.match(gunzipSync(await missing.arrayBuffer()).toString(), /Not found/);
});

test('an unchanged page is answered by its ETag, and the style sheet is kept for good', async (t) => {
  const { app, page } = await testWeb(t);
  const first = await app.request('/series');
  const tag = first.headers.get('ETag') ?? '';
  assert.match(tag, /^"[0-9a-f]+"$/);
  assert.equal(first.headers.get('Cache-Control'), 'no-cache');
  const again = await app.request('/series', { headers: { 'If-None-Match': tag } });
  assert.equal(again.status, 304);
  assert.equal(await again.text(), '');
  assert.equal(again.headers.get('Cache-Control'), 'no-cache', 'a cache that is told no-store here drops what it has');

  const href = /<link rel="stylesheet" href="(\/static\/style-[0-9a-f]{12}\.css)">/.exec(await page('/'))?.[1] ?? '';
  const css = await app.request(href);
  assert.equal(css.status, 200);
  assert.match(css.headers.get('Content-Type') ?? '', /^text\/css/);
  assert.match(css.headers.get('Cache-Control') ?? '', /immutable/);
  assert.doesNotMatch(await css.text(), /url\(|@import/);
  const script = /<script src="(\/static\/page-[0-9a-f]{12}\.js)" defer>/.exec(await page('/'))?.[1] ?? '';
  const js = await app.request(script);
  assert.match(js.headers.get('Content-Type') ?? '', /^text\/javascript/);
});

test('health is 200 while all is well and 503 when a check fails or cannot be made', async (t) => {
  const well = await testWeb(t);
  const good = await well.app.request('/healthz');
  assert.equal(good.status, 200);
  assert.deepEqual(await good.json(), { status: 'ok', checks: [{ name: 'imap', ok: true, detail: 'connected' }] });
  assert.equal(good.headers.get('Cache-Control'), 'no-store');

  const checks = [
    { name: 'store', ok: true, detail: '' },
    { name: 'imap', ok: false, detail: 'no connection' },
  ];
  const ill = await testWeb(t, { health: async () => ({ checks }) });
  const bad = await ill.app.request('/healthz');
  assert.equal(bad.status, 503);
  assert.deepEqual(await bad.json(), { status: 'failing', checks });
  assert.match(await ill.page('/machine'), /<span class="badge bad">failing<\/span> <bdi>no connection<\/bdi>/);

  const broken = await testWeb(t, { health: () => Promise.reject(new Error('secret path')) });
  const answer = await broken.app.request('/healthz');
  assert.equal(answer.status, 503);
  assert.doesNotMatch(await answer.text(), /secret/);
});

test('metrics are Prometheus text, read from the store at each scrape', async (t) => {
  const { app, store, metrics } = await testWeb(t);
  await store.transaction(async (tx) => {
    await putMessages(tx, [sampleMessage('<a@x>', 'a'), sampleMessage('<b@x>', 'b')]);
    const series = sampleSeries('one');
    await replaceSeries(tx, 1, [{ series, tags: sampleTags(series.msgid), readiness: WAITING }], []);
    await enqueue(tx, { kind: 'build', key: 'one', payload: null }, NOW - 90_000);
    const message = sampleOutgoing('<r@bot>');
    await decide(tx, { project: 'xen', key: 'k', kind: 'held', outcome: 'held', message, mode: 'shadow' }, NOW);
  });
  metrics.mailsStored.inc({ source: 'say "hi"\n' }, 3);
  const answer = await app.request('/metrics');
  assert.match(answer.headers.get('Content-Type') ?? '', /^text\/plain; version=0\.0\.4/);
  const text = await answer.text();
  // prom-client writes Nan; Prometheus reads numbers in any case.
  const sample =
    /^[a-zA-Z_:][\w:]*(?:\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\.)*",?)*\})? (?:[-+]?[\d.]+(?:e[-+]?\d+)?|NaN|Nan|[-+]Inf)$/;
  for (const line of text.split('\n').filter((one) => one !== '' && !one.startsWith('# '))) assert.match(line, sample);
  assert.match(text, /^patchloom_messages 2$/m);
  assert.match(text, /^patchloom_series\{project="xen",state="complete"\} 1$/m);
  assert.match(text, /^patchloom_jobs\{kind="build",state="pending"\} 1$/m);
  assert.match(text, /^patchloom_outbox\{state="shadow"\} 1$/m);
  assert.match(text, /^patchloom_oldest_pending_job_age_seconds 90$/m);
  assert.match(text, /^patchloom_mails_stored_total\{source="say \\"hi\\"\\n"\} 3$/m);
  assert.match(text, /^process_cpu_seconds_total /m);

  await store.transaction((tx) => replaceSeries(tx, 1, [], []));
  assert.doesNotMatch(await metrics.registry.metrics(), /patchloom_series\{/);
});

test('a page that fails says so without its inner words', async (t) => {
  const { app, page, store } = await testWeb(t, { readMessage: () => Promise.reject(new Error('inner words')) });
  await store.transaction((tx) => putMessages(tx, [sampleMessage('<a@x>', 'a')]));
  const html = await page('/message/a@x', 500);
  assertSoundPage(html);
  assert.doesNotMatch(html, /inner words|\.ts:/);
  const { headers } = await app.request('/message/a@x');
  assert.equal(headers.get('Cache-Control'), 'no-store');
});

test('the app is served over HTTP and stops when asked; a taken port is one clear error', async (t) => {
  const { app } = await testWeb(t);
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  t.after(() => server.close());
  const answer = await fetch(`${server.url}/healthz`);
  assert.equal(answer.status, 200);
  assert.equal((await fetch(`${server.url}/none`, { method: 'HEAD' })).status, 404);
  const taken = listen(app, { host: '127.0.0.1', port: Number(new URL(server.url).port) });
  await assert.rejects(taken, (error) => error instanceof PatchloomError && error.code === 'WEB_UNUSABLE');
  await server.close();
  await assert.rejects(fetch(`${server.url}/healthz`));
});
