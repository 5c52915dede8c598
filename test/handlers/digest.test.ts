import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Config } from '../../config/config.ts';
import { writeDigests } from '../../handlers/digest.ts';
import { openBot } from '../../src/bot.ts';
import { healthChecks } from '../../src/health.ts';
import { listOutgoing } from '../../src/store/outbox.ts';
import { silentLog } from '../../src/util/log.ts';
import { LIST, patchMail } from '../sink/speaking-case.ts';
import { mailOf, speakingBot } from './speaking-bot.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MONDAY = Date.parse('2026-01-05T07:00:00Z');
const digest = { to: ['cora@example.org', LIST], every: 86_400, at: 7 * 3600, days: 90 };

/** A bot with one series that waits for an ack, and digests at any time of the test's. */
async function digestCase(t: TestContext, change: Partial<Config['projects'][number]> = {}) {
  const one = await speakingBot(t, { digest, ...change });
  await one.arrive(patchMail(1));
  const strike = async (time: number, config = one.config): Promise<void> => {
    // A process of its own each time: what is known of earlier ones is in the store.
    await using bot = await openBot(config, { log: silentLog, clock: { now: () => time } });
    await writeDigests(bot);
  };
  const said = async () =>
    (await one.said()).map(({ kind, key, outcome, state }) => `${kind} ${key} ${outcome} ${state}`);
  return { one, strike, said };
}

test('each reader gets one digest a period, however often the clock strikes and the bot starts', async (t) => {
  const { strike, said, one } = await digestCase(t);
  for (const time of [0, 1, HOUR, DAY - 1, DAY]) await strike(MONDAY + time);
  assert.deepEqual(await said(), [
    'digest cora@example.org digest 2026-01-05 queued',
    'digest dev@lists.test digest 2026-01-05 queued',
    'digest cora@example.org digest 2026-01-06 queued',
    'digest dev@lists.test digest 2026-01-06 queued',
  ]);
  assert.match((await one.said())[0]?.message.text ?? '', /f1: two/);
});

test('a period in which there was nothing to say is over, whatever comes later in it', async (t) => {
  const { one, strike, said } = await digestCase(t, { digest: { ...digest, days: 1 } });
  await strike(MONDAY);
  await strike(MONDAY + HOUR, { ...one.config, projects: one.config.projects.map((own) => ({ ...own, digest })) });
  assert.deepEqual(await said(), []);
});

test('a digest obeys the mode of its project: in shadow it stays, and moderated it asks the operator', async (t) => {
  const shadow = await digestCase(t, { mode: 'shadow', digest: { ...digest, to: [LIST] } });
  await shadow.strike(MONDAY);
  assert.deepEqual(await shadow.said(), ['digest dev@lists.test digest 2026-01-05 shadow']);
  const moderate = await digestCase(t, { mode: 'moderate', digest: { ...digest, to: [LIST] } });
  await moderate.strike(MONDAY);
  const [own, asked] = await moderate.one.said();
  assert.equal(own?.state, 'waiting');
  assert.equal(asked?.outcome, `waits ${own?.message.msgid}`);
});

test('who has opted out of a project gets no digest of it, and one that waits to leave is taken back', async (t) => {
  const { one, strike, said } = await digestCase(t);
  await strike(MONDAY);
  const cora = { from: 'Cora <cora@example.org>', dkim: 'example.org' };
  await one.arrive(mailOf({ ...cora, id: '<out@x>', about: '<p1@example.org>', text: '@patchloom opt-out' }));
  await strike(MONDAY + DAY);
  assert.deepEqual(
    (await said()).filter((line) => line.startsWith('digest')),
    [
      'digest cora@example.org digest 2026-01-05 dropped',
      'digest dev@lists.test digest 2026-01-05 queued',
      'digest dev@lists.test digest 2026-01-06 queued',
    ],
  );
});

test('a digest that comes back by the list is neither a patch nor answered', async (t) => {
  const { one, strike } = await digestCase(t, { digest: { ...digest, to: [LIST] } });
  await strike(MONDAY);
  const [mail] = await listOutgoing(one.bot.store.db, { limit: 9 });
  assert.ok(mail !== undefined);
  const { msgid, subject, text } = mail.message;
  await one.arrive(mailOf({ from: 'patchloom <bot@lists.test>', to: LIST, id: msgid, subject, text }));
  assert.equal((await one.said()).length, 1);
});

test('a digest that fails is a fault of the health, and is tried again in the same period', async (t) => {
  const { one, strike, said } = await digestCase(t);
  const time = MONDAY + HOUR;
  const clock = { now: () => time };
  const broken = { ...one.bot, clock, templatesOf: () => assert.fail('no template') };
  await writeDigests(broken);
  const checks = await healthChecks({ config: one.config, store: one.bot.store, clock });
  assert.deepEqual(
    checks.find(({ name }) => name.startsWith('digest ')),
    { name: `digest ${one.config.projects[0]?.name}`, ok: false, detail: 'no template' },
  );
  await strike(time + 1);
  assert.equal((await said()).length, 2);
});
