import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startAtZero } from '../../src/web/metrics.ts';
import { testWeb } from '../helpers/web.ts';

test('the first refused mail and the first fault of a source are an increase, because zero was told before', async (t) => {
  const { metrics, page } = await testWeb(t);
  startAtZero(metrics, ['ltp'], ['list']);
  const before = await page('/metrics');
  metrics.sendFailures.inc({ project: 'ltp', result: 'refused' });
  metrics.sourceErrors.inc({ source: 'list' });
  const after = await page('/metrics');
  for (const name of [
    'patchloom_send_failures_total{project="ltp",result="refused"}',
    'patchloom_source_errors_total{source="list"}',
  ]) {
    assert.ok(before.includes(`${name} 0\n`), name);
    assert.ok(after.includes(`${name} 1\n`), name);
  }
});
