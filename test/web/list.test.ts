import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seriesView } from '../../src/report/view.ts';
import { markPatch } from '../../src/store/patch-marks.ts';
import { replaceSeries } from '../../src/store/series.ts';
import type { Store } from '../../src/store/open.ts';
import { assertSoundPage, textOf } from '../helpers/html.ts';
import { WAITING, sampleSeries, sampleTags } from '../helpers/samples.ts';
import { NOW, testWeb } from '../helpers/web.ts';

const READY = { state: 'ready', missing: [] } as const;

/** `count` series; every tenth is of project ltp and ready. Some are posted in the same moment. */
async function fill(store: Store, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, at) => {
    const tenth = at % 10 === 0;
    const series = sampleSeries(`n${at}`, {
      project: tenth ? 'ltp' : 'xen',
      posted: NOW - Math.floor(at / 3) * 60_000,
    });
    return {
      series,
      tags: sampleTags(series.msgid),
      readiness: tenth ? READY : WAITING,
    };
  });
  await store.transaction((tx) => replaceSeries(tx, 1, rows, []));
}

test('paging goes through all series once', async (t) => {
  const { page, store } = await testWeb(t);
  await fill(store, 120);
  const seen: string[] = [];
  let path: string | undefined = '/series';
  let pages = 0;
  while (path !== undefined) {
    const html = await page(path);
    assertSoundPage(html);
    seen.push(...[...html.matchAll(/<bdi>lib: do (n\d+) right<\/bdi>/g)].map(([, name]) => name ?? ''));
    assert.equal(html.includes('>First page</a>'), pages > 0);
    path = /<a href="([^"]+)" rel="next">/.exec(html)?.[1]?.replaceAll('&amp;', '&');
    pages += 1;
  }
  assert.equal(pages, 3);
  assert.equal(seen.length, 120);
  assert.equal(new Set(seen).size, 120);
});

test('the list is narrowed by project, readiness and words, also over pages', async (t) => {
  const { page, store } = await testWeb(t);
  await fill(store, 120);
  const ready = await page('/series?project=ltp&q=ready:yes');
  assert.equal(ready.match(/<bdi>lib: do/g)?.length, 12);
  assert.match(ready, /<option value="ltp" selected>/);
  assert.match(ready, /12 found/);
  assert.match(textOf(await page('/series?q=N77+ada')), /lib: do n77 right/);
  assert.match(await page('/series?q=nowhere'), /Nothing fits/);
  const waiting = await page('/series?project=xen&q=lib');
  assert.match(waiting, /href="\/series\?q=lib&amp;project=xen&amp;after=\d+\.\d+" rel="next"/);
  assert.match(waiting, /108 found/);
});

test('saved searches have their counts, and those about "me" come with an address', async (t) => {
  const { page, store } = await testWeb(t);
  await fill(store, 20);
  const plain = await page('/series');
  assert.match(textOf(plain), /Ready to commit 2 /);
  assert.doesNotMatch(plain, /Waits for me/);
  assert.match(textOf(await page('/series?me=ada@example.org')), /Waits for me 0 /);
});

test('the feed of a search has its series, and says when the newest of them changed', async (t) => {
  const { app, store } = await testWeb(t);
  await fill(store, 20);
  const answer = await app.request('/series.atom?q=ready:yes&project=ltp');
  assert.equal(answer.headers.get('Content-Type'), 'application/atom+xml; charset=utf-8');
  const feed = await answer.text();
  assert.equal(feed.match(/<entry>/g)?.length, 2);
  assert.match(feed, /<title>patchbot: ltp: ready:yes<\/title>/);
  assert.match(feed, /<updated>2024-07-01T12:00:00.000Z<\/updated>/);
  assert.match(feed, /<link rel="self" href="http:\/\/localhost\/series.atom\?q=ready%3Ayes&amp;project=ltp"\/>/);
});

test('one address may search so often, and is told when it may again', async (t) => {
  const { app } = await testWeb(t);
  const answers = [];
  for (let at = 0; at < 41; at += 1) answers.push(await app.request('/series?q=x'));
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200, 429]);
  assert.equal(answers.at(-1)?.headers.get('Retry-After'), '1');
});

test('the API gives what "series --json" gives, page by page, as an array or as lines', async (t) => {
  const { app, store } = await testWeb(t);
  await fill(store, 5);
  const first = await app.request('/api/v1/series?limit=3');
  assert.equal(first.headers.get('Content-Type'), 'application/json');
  const views = (await first.json()) as unknown[];
  assert.equal(views.length, 3);
  const next = /^<([^>]+)>; rel="next"$/.exec(first.headers.get('Link') ?? '')?.[1];
  assert.ok(next);
  const second = await app.request(`${next}&format=ndjson`);
  assert.equal(second.headers.get('Content-Type'), 'application/x-ndjson');
  assert.equal(second.headers.get('Link'), null);
  const lines = (await second.text()).trimEnd().split('\n');
  assert.equal(lines.length, 2);
  const series = sampleSeries('n3', { posted: NOW - 60_000 });
  const facts = {
    series,
    tags: sampleTags(series.msgid),
    readiness: WAITING,
    mirror: null,
    checks: [],
    marks: new Map(),
  };
  const expected: unknown = JSON.parse(JSON.stringify(seriesView(facts)));
  const parsed = lines.map((line): unknown => JSON.parse(line));
  const found = parsed.find((view) => (view as { msgid: string }).msgid === series.msgid);
  assert.deepEqual(found, expected);
});

test('a search that is not understood stays in its field, with what is wrong in it', async (t) => {
  const { app, store } = await testWeb(t);
  await fill(store, 3);
  for (const [q, fault] of [
    ['state:bogus lib', /state/],
    ['age:zz', /age/],
    ['waiting:me', /me/],
  ] as const) {
    const answer = await app.request(`/series?q=${encodeURIComponent(q)}`);
    const html = await answer.text();
    assert.equal(answer.status, 400);
    assertSoundPage(html);
    assert.match(html, new RegExp(`<input id="q"[^>]* value="${q}"`));
    assert.match(/role="alert">([^<]*)</.exec(html)?.[1] ?? '', fault);
    assert.doesNotMatch(html, /lib: do/);
  }
});

test('what people have set of a series stands where the policy would speak, and beside each patch', async (t) => {
  const { page, store } = await testWeb(t);
  await fill(store, 1);
  const series = sampleSeries('n0', { project: 'ltp', posted: NOW });
  assert.match(textOf(await page('/series')), /Ada Example ready/);
  assert.match(textOf(await page('/')), /Ready to be committed Ready to be committed Change/);
  for (const { msgid } of series.patches)
    await store.transaction((tx) =>
      markPatch(tx, { project: 'ltp', msgid }, { state: 'changes-requested', delegate: 'carl@example.org' }, 'ci', NOW),
    );
  assert.match(textOf(await page('/series')), /Ada Example changes requested/);
  const change = await page(`/change/${series.change}?project=ltp`);
  assertSoundPage(change);
  assert.match(textOf(change), /People have said: changes requested \. What follows is what the policy says/);
  assert.match(textOf(change), /set by ci: changes-requested, delegated to carl@example\.org/);
});

test('what people have set aside is not offered as ready, and its number leads to it', async (t) => {
  const { page, store } = await testWeb(t);
  const plain = sampleSeries('one', { posted: NOW });
  const [patch] = plain.patches;
  assert.ok(patch);
  const patches = [1, 2].map((index) => ({ ...patch, index, total: 2, msgid: `<one-${index}@example.org>` }));
  const row = { series: { ...plain, patches }, tags: sampleTags(patch.msgid), readiness: READY };
  await store.transaction((tx) => replaceSeries(tx, 1, [row], []));
  await store.transaction((tx) =>
    markPatch(tx, { project: 'xen', msgid: '<one-2@example.org>' }, { state: 'rejected' }, 'ci', NOW),
  );
  const overview = await page('/');
  assertSoundPage(overview);
  assert.match(textOf(overview), /Nothing is ready now\. Left out, because people have set another state: 1 \./);
  const [, href = ''] = /state: <a href="([^"]+)">1<\/a>/.exec(overview) ?? [];
  assert.match(textOf(await page(href.replaceAll('&amp;', '&'))), /1 found .* Ada Example rejected in part/);
  assert.match(textOf(await page('/change/change-one')), /People have said: rejected in part \./);
});
