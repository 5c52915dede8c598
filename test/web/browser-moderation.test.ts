import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decide, listOutgoing } from '../../src/store/outbox.ts';
import { listen } from '../../src/web/listen.ts';
import { newToken } from '../../src/web/tokens.ts';
import { browserPage, axeFaults } from '../helpers/browser.ts';
import { requires } from '../helpers/requires.ts';
import { sampleOutgoing } from '../helpers/samples.ts';
import { NOW, testWeb } from '../helpers/web.ts';

test('an operator logs in, lets one mail go and keeps another back', requires('chromium'), async (t) => {
  const { token, kept } = newToken();
  const { app, store } = await testWeb(t, { operator: { token: kept, url: null } });
  const of = { project: 'xen', key: 'a', kind: 'conflict', mode: 'moderate' } as const;
  await store.transaction(async (tx) => {
    for (const name of ['one', 'two'])
      await decide(tx, { ...of, outcome: `conflict:${name}`, message: sampleOutgoing(`<${name}@bot>`) }, NOW);
  });
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  const { page, faults } = await browserPage();
  try {
    await page.goto(`${server.url}/moderation`);
    await page.getByLabel('Token of the operator').fill(token);
    await page.getByRole('button', { name: 'Log in' }).click();
    assert.deepEqual(await axeFaults(page), []);
    const mails = page.locator('article');
    assert.equal(await mails.count(), 2);
    await mails.first().getByRole('button', { name: 'Send it', exact: true }).click();
    await page.waitForURL(/said=approved/);
    await mails.first().getByLabel('Why not').fill('not now');
    await mails.first().getByRole('button', { name: 'Do not send it' }).click();
    await page.getByText('Nothing waits for a yes').waitFor();
  } finally {
    await page.context().close();
    await server.close();
  }
  const states = (await listOutgoing(store.db, { limit: 9 })).map(({ state, error }) => [state, error]);
  assert.deepEqual(states.toReversed(), [
    ['queued', null],
    ['dropped', 'not now'],
  ]);
  assert.deepEqual(faults, []);
});
