import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextToSend } from '../../handlers/next-to-send.ts';
import { drop } from '../../src/store/outbox.ts';
import { patchMail } from '../sink/speaking-case.ts';
import { conflictOf, mailOf, speakingBot } from './speaking-bot.ts';

const PATCH = '<p1@example.org>';
const OPERATOR = 'op@lists.test';

test('a mail that waits is shown to the operator, who alone says yes or no, in signed mail', async (t) => {
  const one = await speakingBot(t, { mode: 'moderate' });
  await one.arrive(patchMail(1), patchMail(2));
  await one.mirrored(PATCH, conflictOf(PATCH));
  await one.mirrored('<p2@example.org>', conflictOf('<p2@example.org>'));
  const states = async () => (await one.said()).filter(({ kind }) => kind === 'conflict').map(({ state }) => state);
  const shown = (await one.said()).filter(({ kind }) => kind === 'notice').map(({ message }) => message);
  assert.equal(shown.length, 2);
  assert.deepEqual(
    shown[0]?.to.map(({ email }) => email),
    [OPERATOR],
  );
  assert.match(shown[0]?.text ?? '', /^\| Patch 1\/1 of this series does not apply\.$/m);
  const say = (id: string, word: string, more: { from?: string; dkim?: string | null }, at = 0): string =>
    mailOf({ id, about: shown[at]?.msgid, from: OPERATOR, dkim: 'lists.test', text: `@patchloom ${word}`, ...more });
  await one.arrive(say('<1@x>', 'approve', { dkim: null }));
  await one.arrive(say('<2@x>', 'approve', { from: 'ann@example.org', dkim: 'example.org' }));
  assert.deepEqual(await states(), ['waiting', 'waiting']);
  await one.arrive(say('<3@x>', 'approve', {}), say('<4@x>', 'reject', {}, 1));
  assert.deepEqual(await states(), ['queued', 'dropped']);
  await one.arrive(say('<5@x>', 'approve', {}, 1));
  assert.deepEqual(await states(), ['queued', 'dropped'], 'a no is a no');
});

test('the operator is not asked about what somebody has said yes or no to before the question left', async (t) => {
  const one = await speakingBot(t, { mode: 'moderate' });
  await one.arrive(patchMail(1));
  await one.mirrored(PATCH, conflictOf(PATCH));
  const [report, question] = await one.said();
  assert.equal((await nextToSend(one.bot))?.message.msgid, question?.message.msgid);
  await one.bot.store.transaction((tx) => drop(tx, report?.message.msgid ?? '', 'no'));
  assert.equal(await nextToSend(one.bot), null);
  assert.equal((await one.said())[1]?.state, 'dropped');
});
