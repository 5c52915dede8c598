import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { Context } from '../../handlers/context.ts';
import { messagesArrived } from '../../handlers/message-arrived.ts';
import { sendNext } from '../../handlers/report-decided.ts';
import { openBot, STAGES } from '../../src/bot.ts';
import { decide, listOutgoing } from '../../src/store/outbox.ts';
import { openStore } from '../../src/store/open.ts';
import { putMessages } from '../../src/store/messages.ts';
import { silentLog } from '../../src/util/log.ts';
import { drain } from '../../src/worker.ts';
import { cli } from '../helpers/cli.ts';
import { madeMbox } from '../helpers/made-list.ts';
import { sampleMessage, sampleOutgoing } from '../helpers/samples.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { LIST, POLICY, recorder, speakingConfig, storeConflicts } from '../sink/speaking-case.ts';

test('a backup that is taken while mail comes in holds all that was acknowledged before it', async (t) => {
  const directory = tempDir(t);
  const data = join(directory, 'data');
  const store = await openStore({ directory: data });
  t.after(() => store.close());
  const acknowledged: string[] = [];
  const put = async (number: number): Promise<void> => {
    const id = `<${number}@load.example>`;
    await store.transaction((tx) => putMessages(tx, [sampleMessage(id, `mail ${number} ${'x'.repeat(3000)}`)]));
    acknowledged.push(id);
  };
  for (let number = 0; number < 200; number++) await put(number);
  const stop = new AbortController();
  const load = (async () => {
    for (let number = 200; !stop.signal.aborted; number++) {
      await put(number);
      // SQLite answers at once: nothing else in this process would have its turn.
      await setImmediate();
    }
  })();
  for (const round of [1, 2, 3]) {
    const before = [...acknowledged];
    const target = join(directory, `backup-${round}`);
    const { code, err } = await cli('backup', target, '--data', data);
    assert.equal(code, 0, err);
    const copy = join(directory, `copy-${round}`);
    assert.equal((await cli('restore', target, '--data', copy)).code, 0);
    const restored = await openStore({ directory: copy, readonly: true });
    const there = new Set(
      (await restored.db.selectFrom('message').select('msgid').execute()).map(({ msgid }) => msgid),
    );
    await restored.close();
    assert.deepEqual(
      before.filter((id) => !there.has(id)),
      [],
    );
  }
  stop.abort();
  await load;
});

/** Three reports were decided; the first had left, and was seen on the list, before the backup; the second left after it. */
async function restoredAfterSpeaking(t: TestContext) {
  const directory = tempDir(t);
  const data = join(directory, 'data');
  const config = speakingConfig(data, 1);
  await storeConflicts(config, 3);
  const original = recorder();
  const said: string[] = [];
  {
    await using bot = await openBot(config, { log: silentLog });
    await drain(bot, { report: STAGES.report });
    const context: Context = { ...bot, sink: original };
    await sendNext(context, POLICY);
    assert.equal((await cli('backup', join(directory, 'backup'), '--data', data)).code, 0);
    await sendNext(context, POLICY);
    said.push(...original.taken);
    assert.equal(said.length, 2);
  }
  const copy = join(directory, 'copy');
  assert.equal((await cli('restore', join(directory, 'backup'), '--data', copy)).code, 0);
  return { config: speakingConfig(copy, 1), said };
}

/** The mail of ours as the list has handed it on. */
function handedOn(msgid: string): string {
  return `From: patchloom <bot@lists.test>\nTo: ${LIST}\nDate: Thu, 01 Jan 2026 03:00:00 +0000\nMessage-ID: ${msgid}\nSubject: Re: [PATCH] f1: two\n\nIt does not apply.\n`;
}

test('a restored copy is silent until it has read the mail since, and then says only what was not said', async (t) => {
  const { config, said } = await restoredAfterSpeaking(t);
  const sink = recorder();
  const time = { read: 0 };
  await using bot = await openBot(config, { log: silentLog, readAt: () => time.read });
  const context: Context = { ...bot, sink };
  for (let round = 0; round < 5; round++) await sendNext(context, POLICY);
  assert.deepEqual(sink.taken, [], 'the mail since the backup has not been read');
  const arrivals = said.map((msgid) => ({ raw: Buffer.from(handedOn(msgid)), label: 'list' }));
  await messagesArrived(bot, arrivals, { act: false });
  time.read = Date.now() + POLICY.lookMs + 1_000;
  for (let round = 0; round < 5; round++) await sendNext(context, POLICY);
  const all = (await listOutgoing(bot.store.db, { limit: 9 })).map(({ message }) => message.msgid);
  assert.deepEqual(
    sink.taken,
    all.filter((msgid) => !said.includes(msgid)),
  );
  assert.equal(sink.taken.length, 1);
});

test('what a restored copy decides anew has the name of what the original said, and is not said again', async (t) => {
  const { config, said } = await restoredAfterSpeaking(t);
  await using bot = await openBot(config, { log: silentLog, readAt: () => Number.POSITIVE_INFINITY });
  const arrivals = said.map((msgid) => ({ raw: Buffer.from(handedOn(msgid)), label: 'list' }));
  await messagesArrived(bot, arrivals, { act: false });
  // As if the backup had been made before the decisions: the copy comes to them long after it has caught up.
  await bot.store.transaction(async (tx) => {
    await tx.deleteFrom('outbox').execute();
  });
  const sink = recorder();
  await sendNext({ ...bot, sink }, POLICY);
  await storeConflicts(config, 3);
  await drain(bot, { report: STAGES.report });
  const decided = new Set((await listOutgoing(bot.store.db, { limit: 9 })).map(({ message }) => message.msgid));
  assert.deepEqual(
    said.filter((msgid) => !decided.has(msgid)),
    [],
  );
  for (let round = 0; round < 5; round++) await sendNext({ ...bot, sink }, POLICY);
  assert.deepEqual(
    sink.taken.filter((msgid) => said.includes(msgid)),
    [],
  );
  assert.equal(sink.taken.length, 1);
});

test('a mail under the name of a report to come does not silence a copy', async (t) => {
  const { config } = await restoredAfterSpeaking(t);
  await using bot = await openBot(config, { log: silentLog, readAt: () => Number.POSITIVE_INFINITY });
  const sink = recorder();
  await sendNext({ ...bot, sink }, POLICY);
  const arrival = { raw: Buffer.from(handedOn('<guessed@lists.test>')), label: 'list' };
  await messagesArrived(bot, [arrival], { act: false });
  const message = { ...sampleOutgoing('<guessed@lists.test>'), cc: [{ name: '', email: LIST }] };
  const of = {
    project: config.projects[0]?.name ?? '',
    key: 'k',
    kind: 'conflict',
    outcome: 'o',
    mode: 'live',
  } as const;
  await bot.store.transaction((tx) => decide(tx, { ...of, message }, Date.now()));
  for (let round = 0; round < 5; round++) await sendNext({ ...bot, sink }, POLICY);
  assert.ok(sink.taken.includes('<guessed@lists.test>'));
});

test('a store, its backup and what is restored of it are for their owner alone, whatever the umask', async (t) => {
  const directory = tempDir(t);
  const [data, backup, copy] = ['data', 'deep/backup', 'copy'].map((name) => join(directory, name));
  assert.ok(data && backup && copy);
  const modes = (place: string): Set<number> => {
    const files = readdirSync(place).filter((name) => name.startsWith('patchloom.db') || name === 'backup.json');
    return new Set(files.map((name) => statSync(join(place, name)).mode & 0o777));
  };
  const own = new Set([0o600]);
  const store = await openStore({ directory: data });
  t.after(() => store.close());
  await store.transaction((tx) => putMessages(tx, [sampleMessage('<1@load.example>', 'mail')]));
  assert.deepEqual(modes(data), own);
  assert.equal((await cli('backup', backup, '--data', data)).code, 0);
  assert.equal(statSync(backup).mode & 0o777, 0o700);
  assert.deepEqual(modes(backup), own);
  // As an earlier version has left it.
  chmodSync(join(backup, 'patchloom.db'), 0o644);
  assert.equal((await cli('restore', backup, '--data', copy)).code, 0);
  assert.deepEqual(modes(copy), own);
});

test('a target that is there, a place without data, a damaged backup and a data directory in use are refused', async (t) => {
  const directory = tempDir(t);
  const data = join(directory, 'data');
  writeFileSync(join(directory, 'list.mbox'), madeMbox(2));
  await cli('import', join(directory, 'list.mbox'), '--data', data, '--quiet');
  const backup = join(directory, 'backup');
  assert.equal((await cli('backup', backup, '--data', data)).code, 0);
  assert.match((await cli('backup', backup, '--data', data)).err, /backup: is there already: name a new directory/);
  assert.match(
    (await cli('backup', join(directory, 'b'), '--data', join(directory, 'none'))).err,
    /there is no data yet/,
  );
  assert.match((await cli('restore', backup, '--data', data)).err, /holds a store already: name an empty --data/);
  assert.match(
    (await cli('backup', join(directory, 'list.mbox', 'below'), '--data', data)).err,
    /below: cannot be made: .*STORE_UNUSABLE/,
  );
  assert.match(
    (await cli('restore', join(directory, 'none'), '--data', join(directory, 'new'))).err,
    /none: no such file or directory \(SOURCE_MISSING: check the path\)/,
  );
  mkdirSync(join(directory, 'empty'));
  assert.match(
    (await cli('restore', join(directory, 'empty'), '--data', join(directory, 'new'))).err,
    /is not a backup/,
  );
  truncateSync(join(backup, 'patchloom.db'), 40_000);
  const damaged = await cli('restore', backup, '--data', join(directory, 'new'));
  assert.deepEqual([damaged.code, existsSync(join(directory, 'new', 'patchloom.db'))], [2, false]);
  assert.match(damaged.err, /patchloom\.db: is damaged/);
});
