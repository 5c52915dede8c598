import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replaceSeries } from '../../src/store/series.ts';
import { assertSoundPage, textOf } from '../helpers/html.ts';
import { sampleSeries, sampleTags, WAITING } from '../helpers/samples.ts';
import { NOW, testWeb } from '../helpers/web.ts';

const DAY = 86_400_000;

test('the plots look at 90 days, a year or all, by links alone', async (t) => {
  const { page, store } = await testWeb(t);
  const rows = [10, 200, 600, 5000].map((days) => {
    const series = sampleSeries(`d${days}`, { posted: NOW - days * DAY });
    return { series, tags: sampleTags(series.msgid), readiness: WAITING };
  });
  const wrong = sampleSeries('wrong', { posted: 0 });
  await store.transaction((tx) =>
    replaceSeries(tx, 1, [...rows, { series: wrong, tags: sampleTags(wrong.msgid), readiness: WAITING }], []),
  );
  for (const [path, reviews, when, first] of [
    ['/plots?period=90d', 1, 'The last 90 days', '04-08'],
    ['/plots', 2, 'The last year', '2023-08'],
    ['/plots?period=year', 2, 'The last year', '2023-08'],
    ['/plots?period=all', 4, 'Since 2010-10-23', '2010'],
  ] as const) {
    const html = await page(path);
    assertSoundPage(html);
    const text = textOf(html);
    assert.match(text, new RegExp(`Review load by person ${when} Name .* bob@example\\.org 0 ${reviews} `), path);
    assert.match(text, new RegExp(`When first review first ack commit ${first} `), path);
  }
  const year = await page('/plots');
  assert.match(year, /<a href="\/plots\?period=90d">90 days<\/a> <a href="\/plots\?period=year" aria-current="page">/);
  assert.match(await page('/plots?period=week', 400), /period: one of 90d, year, all/);
});
