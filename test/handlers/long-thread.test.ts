import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LONG_KEYS, longThreadGrown } from '../../handlers/long-thread.ts';
import { messagesArrived } from '../../handlers/message-arrived.ts';
import { openBot } from '../../src/bot.ts';
import { dispositionOf } from '../../src/store/dispositions.ts';
import { listEvents } from '../../src/store/events.ts';
import { pendingJobs } from '../../src/store/jobs.ts';
import { seriesByMsgid } from '../../src/store/series.ts';
import { silentLog } from '../../src/util/log.ts';
import { drain } from '../../src/worker.ts';
import { derivedState } from '../helpers/state.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { patchMail } from '../sink/speaking-case.ts';
import { mailOf, speakingBot } from './speaking-bot.ts';

const PATCH = '<p1@example.org>';
const ROB = 'Rob Reviewer <rob@example.org>';
const EACH = 40;

/** Replies that name so many mails which nobody has that they make a thread as long as a thousand replies do. */
const CROWD = Array.from({ length: LONG_KEYS / EACH + 1 }, (_, n) => {
  const lost = Array.from({ length: EACH }, (__, k) => `<lost${n}-${k}@x>`).join(' ');
  return mailOf({ id: `<r${n}@x>`, about: PATCH, references: `${PATCH} ${lost}`, from: ROB, text: 'Hm.' });
});
const ACK = mailOf({ id: '<ack@x>', about: PATCH, from: ROB, text: `Reviewed-by: ${ROB}` });

test('a thread that grows and grows is derived by a job, once for all that comes meanwhile, with the same result', async (t) => {
  const its = await speakingBot(t);
  const { bot } = its;
  const time = { now: bot.clock.now() };
  const later = { ...bot, clock: { now: () => time.now } };
  await its.arrive(patchMail(1), ...CROWD);
  await its.arrive(ACK);
  assert.equal(await dispositionOf(bot.store.db, '<ack@x>'), null);
  assert.deepEqual(await pendingJobs(bot.store.db), [{ kind: 'derive', state: 'pending', count: 1 }]);
  assert.equal(await drain(later, { derive: longThreadGrown }), 0, 'not at once');
  time.now += 2_000 + LONG_KEYS * 2;
  assert.equal(await drain(later, { derive: longThreadGrown }), 1);

  assert.equal((await dispositionOf(bot.store.db, '<ack@x>'))?.kind, 'reply');
  const tags = (await seriesByMsgid(bot.store.db, PATCH))?.tags.patches.get(PATCH) ?? [];
  assert.deepEqual(
    tags.map(({ kind, status }) => [kind, status]),
    [['Reviewed-by', 'given']],
  );
  const events = await listEvents(bot.store.db, {
    categories: ['series-completed'],
    oldestFirst: true,
    offset: 0,
    limit: 9,
  });
  assert.equal(events.total, 1, 'what follows a complete series follows');
  const calm = await openBot({ ...bot.config, data: tempDir(t) }, { log: silentLog });
  t.after(() => calm[Symbol.asyncDispose]());
  const all = [patchMail(1), ...CROWD, ACK].map((raw) => ({ raw: Buffer.from(raw), label: 'test' }));
  await messagesArrived(calm, all, { act: false });
  assert.equal(await derivedState(bot.store.db), await derivedState(calm.store.db));
});

test('what is asked in a long thread is answered before the thread is derived', async (t) => {
  const its = await speakingBot(t);
  await its.arrive(patchMail(1));
  await its.arrive(...CROWD);
  await its.arrive(mailOf({ id: '<ask@x>', about: PATCH, dkim: 'example.org', text: '@patchloom status' }));
  assert.match((await its.said())[0]?.message.text ?? '', /^> @patchloom status\n\n\| Series: {2}f1: two/);
});
