import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openBot, STAGES } from '../../src/bot.ts';
import { silentLog } from '../../src/util/log.ts';
import { drain } from '../../src/worker.ts';
import { sampleMirror } from '../helpers/samples.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { patchMail, speakingConfig } from '../sink/speaking-case.ts';
import { conflictOf, mailOf, speakingBot } from './speaking-bot.ts';

const PATCH = '<p1@example.org>';

test('one mail for a version and outcome, and a change of it says only what changed', async (t) => {
  const one = await speakingBot(t);
  await one.arrive(patchMail(1));
  await one.mirrored(PATCH, conflictOf(PATCH));
  await one.mirrored(PATCH, conflictOf(PATCH, 'd'.repeat(40)));
  assert.deepEqual(
    (await one.said()).map(({ outcome }) => outcome),
    ['conflict:1'],
  );
  await one.mirrored(PATCH, sampleMirror('e'.repeat(40)));
  await one.mirrored(PATCH, sampleMirror('f'.repeat(40)));
  const said = await one.said();
  assert.deepEqual(
    said.map(({ outcome }) => outcome),
    ['conflict:1', 'changed:applies after conflict:1'],
  );
  const { message } = said[1] ?? {};
  assert.match(
    message?.text ?? '',
    /^What was said of this series has changed: patch 1 did not apply; now it\napplies\.\n/,
  );
  assert.equal(message?.inReplyTo, PATCH);
  assert.notEqual(message?.msgid, said[0]?.message.msgid);
});

test('a receipt is said where the project asks for it, once, and what is found later is no change of it', async (t) => {
  const report = {
    success: false,
    received: true,
    held: false,
    stale: false,
    to: 'list',
    extra: [],
    templates: null,
  } as const;
  const one = await speakingBot(t, { report });
  await one.arrive(patchMail(1));
  await one.mirrored(PATCH, sampleMirror('e'.repeat(40)));
  assert.match((await one.said())[0]?.message.text ?? '', /^The patch of this series arrived\./);
  await one.mirrored(PATCH, conflictOf(PATCH));
  assert.deepEqual(
    (await one.said()).map(({ outcome }) => outcome),
    ['received', 'conflict:1'],
  );
});

test('a rule adds people to a report, who may opt out of it for themselves', async (t) => {
  const extra = [{ paths: ['f?'], on: [], to: ['arm@example.org', 'max@example.org'], maintainers: false }];
  const report = {
    success: false,
    received: false,
    held: false,
    stale: false,
    to: 'list',
    extra,
    templates: null,
  } as const;
  const one = await speakingBot(t, { report });
  await one.arrive(patchMail(1), patchMail(2));
  await one.mirrored(PATCH, conflictOf(PATCH));
  const copies = async () =>
    (await one.said())
      .filter(({ kind }) => kind === 'conflict')
      .map(({ message }) => message.cc.map(({ email }) => email));
  assert.deepEqual(await copies(), [['dev@lists.test', 'arm@example.org', 'max@example.org']]);
  const max = { from: 'Max <max@example.org>', dkim: 'example.org' };
  await one.arrive(mailOf({ ...max, id: '<out@x>', about: PATCH, text: '@patchloom opt-out' }));
  await one.mirrored('<p2@example.org>', conflictOf('<p2@example.org>'));
  assert.deepEqual(await copies(), [
    ['dev@lists.test', 'arm@example.org'],
    ['dev@lists.test', 'arm@example.org'],
  ]);
});

test('a mail bears its own mark, and its Message-ID is the same when it is decided again by a bot without memory', async (t) => {
  const decided = await Promise.all(
    [1, 2].map(async () => {
      const one = await speakingBot(t);
      await one.arrive(patchMail(1));
      await one.mirrored(PATCH, conflictOf(PATCH));
      return (await one.said())[0]?.message;
    }),
  );
  assert.equal(decided[0]?.msgid, decided[1]?.msgid);
  const mark = /^<patchloom-([0-9a-f]{32})@lists\.test>$/.exec(decided[0]?.msgid ?? '')?.[1] ?? 'none';
  assert.ok(decided[0]?.text.endsWith(`\npatchloom-mark: ${mark}\n`));
});

test('a project has templates of its own where it wants, checked at the start', async (t) => {
  const templates = tempDir(t);
  writeFileSync(join(templates, 'conflict.eta'), '<%= it.place %> needs work.\n\n| <%= it.series %>\n');
  const report = {
    success: false,
    received: false,
    held: false,
    stale: false,
    to: 'list',
    extra: [],
    templates,
  } as const;
  const one = await speakingBot(t, { report });
  await one.arrive(patchMail(1));
  await one.mirrored(PATCH, conflictOf(PATCH));
  assert.match((await one.said())[0]?.message.text ?? '', /^Patch 1\/1 needs work\.\n\n\| f1: two \(v1, 1 patch\)\n/);
  writeFileSync(join(templates, 'conflict.eta'), '<%= it.plce %>');
  await assert.rejects(openBot(speakingConfig(tempDir(t), 1, { report }), { log: silentLog }), {
    code: 'TEMPLATE_INVALID',
    message: /unknown placeholder it\.plce/,
  });
});

test('a series that is still not whole a day later is told so where the project wants it', async (t) => {
  const report = {
    success: false,
    received: false,
    held: true,
    stale: false,
    to: 'list',
    extra: [],
    templates: null,
  } as const;
  const one = await speakingBot(t, { report });
  await one.arrive(patchMail(1).replace('[PATCH]', '[PATCH 1/2]'));
  assert.deepEqual(await one.said(), []);
  const later = { ...one.bot, clock: { now: () => Date.now() + 86_400_000 + 60_000 } };
  await drain(later, { report: STAGES.report });
  const [said] = await one.said();
  assert.equal(said?.outcome, 'held');
  assert.match(said?.message.text ?? '', /^\| Missing: 2\/2$/m);
});
