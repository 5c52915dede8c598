import assert from 'node:assert/strict';
import { test } from 'node:test';
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
