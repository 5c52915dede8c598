import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig } from '../../config/loader.ts';
import { presetPath } from '../../config/preset.ts';
import { messagesArrived } from '../../handlers/message-arrived.ts';
import { rebuild } from '../../handlers/rebuild.ts';
import { type Bot, openBot } from '../../src/bot.ts';
import { listSeries } from '../../src/store/series.ts';
import { silentLog } from '../../src/util/log.ts';
import { mailText, patchBody } from '../helpers/mail-text.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const PATCH = mailText({ id: 'p', subject: '[PATCH] x: fix', body: patchBody('x.c', 'fixed') });
const ACK = mailText({
  id: 'a',
  subject: 'Re: [PATCH] x: fix',
  from: 'Rob Roe <rob@example.org>',
  replyTo: 'p',
  body: 'Acked-by: Rob Roe <rob@example.org>\n',
});
const ARRIVALS = [PATCH, ACK].map((raw, at) => ({ raw, label: `mail ${at}` }));

async function ack(bot: Bot) {
  const [stored] = await listSeries(bot.store.db, { limit: 1 });
  return stored?.tags.patches.get('<p@example.org>')?.[0];
}

test('what DKIM says at receipt is kept with the tag, and outlives a rebuild', async (t) => {
  await using bot = await openBot(loadConfig(presetPath('default'), {}, { data: tempDir(t) }), { log: silentLog });
  const asked: string[] = [];
  const dkim = async (raw: Uint8Array) => {
    asked.push(Buffer.from(raw).toString().includes('Rob Roe') ? 'ack' : 'patch');
    return 'pass example.org';
  };
  await messagesArrived({ ...bot, dkim }, ARRIVALS, { act: true });
  assert.deepEqual(asked, ['patch', 'ack']);
  assert.deepEqual([(await ack(bot))?.status, (await ack(bot))?.dkim], ['given', 'pass example.org']);
  await rebuild(bot, () => {});
  assert.equal((await ack(bot))?.dkim, 'pass example.org');
});

test('a verdict that cannot be had holds nothing up, and an archive is not asked for', async (t) => {
  await using bot = await openBot(loadConfig(presetPath('default'), {}, { data: tempDir(t) }), { log: silentLog });
  const dkim = () => Promise.reject(new Error('no DNS here'));
  await messagesArrived({ ...bot, dkim }, ARRIVALS.slice(0, 1), { act: false });
  await messagesArrived({ ...bot, dkim }, ARRIVALS, { act: true });
  assert.deepEqual([(await ack(bot))?.status, (await ack(bot))?.dkim], ['given', null]);
});
