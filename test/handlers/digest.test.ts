import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DigestConfig } from '../../config/config.ts';
import type { Context } from '../../handlers/context.ts';
import { dueAt, sendDigests } from '../../handlers/digest.ts';
import { markPatch } from '../../src/store/patch-marks.ts';
import { keepWish, type Wish } from '../../src/store/wishes.ts';
import { LIST, patchMail } from '../sink/speaking-case.ts';
import { mailOf, type SpeakingBot, speakingBot } from './speaking-bot.ts';

const WEEKLY: DigestConfig = { to: [], every: 'week', hour: 6, within: 90 * 86_400 };
/** Monday, 5 January 2026. The mails are of Thursday. */
const MONDAY = Date.UTC(2026, 0, 5);
const HOUR = 3_600_000;

async function strike({ bot }: SpeakingBot, now: number): Promise<void> {
  const at: Context = { ...bot, clock: { now: () => now } };
  await sendDigests(at);
}

async function waiting(one: SpeakingBot): Promise<void> {
  const ack = 'Reviewed-by: Rob Reviewer <rob@example.org>';
  await one.arrive(patchMail(1), patchMail(2), patchMail(3));
  await one.arrive(
    mailOf({ from: 'Rob Reviewer <rob@example.org>', id: '<r1@x>', about: '<p1@example.org>', text: ack }),
  );
  const question = { from: 'Quinn <quinn@example.org>', id: '<q@x>', about: '<p2@example.org>', text: 'Why?' };
  await one.arrive(mailOf(question));
}

async function optOut({ bot }: SpeakingBot, scope: Wish['scope'], subject: string): Promise<void> {
  const wish = {
    project: 'list',
    kind: 'opt-out',
    scope,
    subject,
    by: 'cora@example.org',
    msgid: '<o@x>',
    at: 1,
  } as const;
  await bot.store.transaction((tx) => keepWish(tx, wish));
}

test('on Monday a digest says what can go in and what has waited longest for whom, once', async (t) => {
  const one = await speakingBot(t, { digest: WEEKLY });
  await waiting(one);
  for (const now of [MONDAY + 5 * HOUR, MONDAY + 6 * HOUR, MONDAY + 7 * HOUR, MONDAY + 30 * HOUR])
    await strike(one, now);
  const said = await one.said();
  assert.deepEqual(
    said.map(({ kind, outcome, state }) => [kind, outcome, state]),
    [['digest', 'digest 2026-01-05', 'queued']],
  );
  const { message } = said[0] ?? assert.fail();
  assert.deepEqual([message.to, message.cc, message.inReplyTo], [[{ name: '', email: LIST }], [], null]);
  assert.equal(message.subject, 'list: 1 ready, 2 waiting (2026-01-05)');
  assert.equal(message.headers['Auto-Submitted'], 'auto-generated');
  assert.match(
    message.text,
    /^What waits in list on 2026-01-05\.\n\nReady to be committed, oldest first:\n\n\|   \w{8} v1 4d Ann Author: f1: two\n\n/,
  );
  assert.match(
    message.text,
    /\| Ann Author: 1\n\| +4d \w{8} v1 f2: two: comments by Quinn unanswered since\n\| +2026-01-01\n/,
  );
  assert.ok(
    message.text.split('\n').every((line) => line.length <= 76),
    message.text,
  );
  await strike(one, MONDAY + 7 * 24 * HOUR + 6 * HOUR);
  assert.equal((await one.said()).length, 2, 'the next week has one of its own');
});

test('what people have set aside is left out of a digest, with its number', async (t) => {
  const one = await speakingBot(t, { digest: WEEKLY });
  await waiting(one);
  await one.bot.store.transaction((tx) =>
    markPatch(tx, { project: 'list', msgid: '<p1@example.org>' }, { state: 'rejected' }, 'ci', MONDAY),
  );
  await strike(one, MONDAY + 6 * HOUR);
  const [{ message } = assert.fail()] = await one.said();
  assert.equal(message.subject, 'list: 0 ready, 2 waiting (2026-01-05)');
  assert.doesNotMatch(message.text, /Ready to be committed|f1: two/);
  assert.match(message.text, /\nLeft out, because people have set another state .*\n?.*: 1\.\n/);
});

test('a digest goes the way of all mail: to whom the project says, and in shadow or for a yes where that is its mode', async (t) => {
  const committers = ['carl@example.org', 'cora@example.org'];
  const one = await speakingBot(t, { mode: 'moderate', digest: { ...WEEKLY, to: committers } });
  await waiting(one);
  await optOut(one, 'person', 'cora@example.org');
  await strike(one, MONDAY + 6 * HOUR);
  const said = await one.said();
  assert.deepEqual(
    said.map(({ kind, state }) => [kind, state]),
    [
      ['digest', 'waiting'],
      ['notice', 'queued'],
    ],
  );
  assert.deepEqual(said[0]?.message.to, [{ name: '', email: 'carl@example.org' }]);
});

test('where nothing waits, and where the whole project has opted out, there is no digest', async (t) => {
  const quiet = await speakingBot(t, { digest: WEEKLY });
  await strike(quiet, MONDAY + 6 * HOUR);
  assert.deepEqual(await quiet.said(), []);
  const gone = await speakingBot(t, { digest: WEEKLY });
  await waiting(gone);
  await optOut(gone, 'project', 'project');
  await strike(gone, MONDAY + 6 * HOUR);
  assert.deepEqual(await gone.said(), []);
});

test('a digest is due at its hour, still some hours later where the bot was down, and not days later', () => {
  const day = { every: 'day', hour: 22 } as const;
  assert.equal(dueAt(day, MONDAY + 22 * HOUR), MONDAY + 22 * HOUR);
  assert.equal(dueAt(day, MONDAY + 3 * HOUR), MONDAY - 2 * HOUR);
  assert.equal(dueAt(day, MONDAY + 12 * HOUR), null);
  assert.equal(dueAt(WEEKLY, MONDAY + 6 * HOUR - 1), null);
  assert.equal(dueAt(WEEKLY, MONDAY + 40 * HOUR), MONDAY + 6 * HOUR);
  assert.equal(dueAt(WEEKLY, MONDAY + 72 * HOUR), null);
});
