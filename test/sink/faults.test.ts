import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { Context } from '../../handlers/context.ts';
import { sendNext } from '../../handlers/report-decided.ts';
import { openBot } from '../../src/bot.ts';
import { messagesArrived } from '../../handlers/message-arrived.ts';
import { decide, listOutgoing, type OutgoingState } from '../../src/store/outbox.ts';
import { smtpSink } from '../../src/sink/smtp.ts';
import { silentLog } from '../../src/util/log.ts';
import type { OutgoingMessage } from '../../src/mail/outgoing.ts';
import { sampleOutgoing } from '../helpers/samples.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { BOT, LIST, POLICY, speakingConfig } from './speaking-case.ts';

const MINUTE = 60_000;
const policy = { ...POLICY, firstRetryMs: MINUTE, longestRetryMs: 10 * MINUTE, lookMs: 15 * MINUTE, leaseMs: MINUTE };

/** A bot with a clock that the test turns, and a server whose faults it chooses; what the server took is in `taken`. */
async function speakingBot(
  t: TestContext,
  faults: Partial<SMTPServerOptions> = {},
  change: Parameters<typeof speakingConfig>[2] = {},
) {
  const taken: string[] = [];
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData(stream, _session, done) {
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
      stream.on('end', () => {
        taken.push(/^Message-ID: (\S+)/im.exec(text)?.[1] ?? 'none');
        done(null, 'queued');
      });
    },
    ...faults,
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  t.after(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const address = server.server.address();
  assert.ok(address !== null && typeof address === 'object');
  const time = { now: Date.UTC(2026, 0, 1) };
  const config = speakingConfig(join(tempDir(t), 'data'), address.port, change);
  const bot = await openBot(config, {
    log: silentLog,
    serve: 'intake',
    clock: { now: () => time.now },
    readAt: () => time.now,
  });
  t.after(() => bot[Symbol.asyncDispose]());
  return { bot, taken, server, time, port: address.port };
}

async function say(context: Context, name: string, key = name, change: Partial<OutgoingMessage> = {}): Promise<void> {
  const [project] = context.config.projects;
  const message = { ...sampleOutgoing(`<${name}@bot>`), cc: [{ name: '', email: LIST }], ...change };
  const of = { project: project?.name ?? '', key, kind: 'conflict', outcome: name, message, mode: 'live' } as const;
  await context.store.transaction((tx) => decide(tx, of, context.clock.now()));
}

/** Sends all that is due. */
async function sendAll(context: Context): Promise<void> {
  while (await sendNext(context, policy));
}

const states = async (context: Context): Promise<Record<string, OutgoingState>> =>
  Object.fromEntries((await listOutgoing(context.store.db, { limit: 99 })).map((one) => [one.outcome, one.state]));

function refusal(code: number): Error {
  return Object.assign(new Error('not now'), { responseCode: code });
}

for (const code of [421, 450, 451, 452]) {
  for (const at of ['MAIL', 'RCPT', 'the end of the text'] as const) {
    test(`${code} at ${at}: the mail is sent later, once, and those about the same series wait behind it`, async (t) => {
      let refusals = 2;
      const refuse = (): Error | null => (refusals-- > 0 ? refusal(code) : null);
      const { bot, taken, time } = await speakingBot(t, {
        ...(at === 'MAIL' ? { onMailFrom: (_address, _session, done) => done(refuse()) } : {}),
        ...(at === 'RCPT'
          ? { onRcptTo: (_address, _session, done) => done(refusals-- > 0 ? refusal(code) : null) }
          : {}),
        ...(at === 'the end of the text'
          ? {
              onData(stream, _session, done) {
                let text = '';
                stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
                stream.on('end', () => {
                  const error = refuse();
                  if (error === null) taken.push(/^Message-ID: (\S+)/im.exec(text)?.[1] ?? 'none');
                  done(error, 'queued');
                });
              },
            }
          : {}),
      });
      await say(bot, 'first', 'series');
      await say(bot, 'second', 'series');
      await sendAll(bot);
      assert.deepEqual(taken, []);
      for (let minute = 0; minute < 30; minute += 1) {
        time.now += MINUTE;
        await sendAll(bot);
      }
      assert.deepEqual(taken, ['<first@bot>', '<second@bot>']);
    });
  }
}

for (const code of [550, 552, 554]) {
  test(`${code} is final: the mail is given up and shown, and the next about the series goes out`, async (t) => {
    let first = true;
    const { bot, taken, time } = await speakingBot(t, {
      onMailFrom(_address, _session, done) {
        done(first ? refusal(code) : null);
        first = false;
      },
    });
    await say(bot, 'first', 'series');
    await say(bot, 'second', 'series');
    await sendAll(bot);
    time.now += 86_400_000;
    await sendAll(bot);
    assert.deepEqual(taken, ['<second@bot>']);
    assert.deepEqual(await states(bot), { first: 'failed', second: 'sent' });
    assert.match(
      (await listOutgoing(bot.store.db, { state: 'failed', limit: 1 }))[0]?.error ?? '',
      new RegExp(`${code}`),
    );
  });
}

test('a server that is down for an hour gets everything after it, in order, once', async (t) => {
  const { bot, taken, server, time, port } = await speakingBot(t);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  for (const name of ['a1', 'a2', 'a3']) await say(bot, name, 'a');
  await say(bot, 'b1', 'b');
  for (let minute = 0; minute < 60; minute += 1) {
    await sendAll(bot);
    time.now += MINUTE;
  }
  assert.deepEqual(await states(bot), { a1: 'queued', a2: 'queued', a3: 'queued', b1: 'queued' });
  const back = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData(stream, _session, done) {
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
      stream.on('end', () => {
        taken.push(/^Message-ID: (\S+)/im.exec(text)?.[1] ?? 'none');
        done(null, 'queued');
      });
    },
  });
  await new Promise<void>((resolve) => back.listen(port, '127.0.0.1', () => resolve()));
  t.after(() => new Promise<void>((resolve) => back.close(() => resolve())));
  for (let minute = 0; minute < 20; minute += 1) {
    time.now += MINUTE;
    await sendAll(bot);
  }
  assert.deepEqual(
    taken.filter((msgid) => msgid.startsWith('<a')),
    ['<a1@bot>', '<a2@bot>', '<a3@bot>'],
  );
  assert.equal(taken.length, 4);
});

/** A bot whose server takes the text and then cuts the line without a word. */
async function cutBot(t: TestContext) {
  const seen: string[] = [];
  const box: { server: SMTPServer | null } = { server: null };
  const made = await speakingBot(t, {
    onData(stream) {
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
      stream.on('end', () => {
        seen.push(/^Message-ID: (\S+)/im.exec(text)?.[1] ?? 'none');
        for (const connection of box.server?.connections ?? []) connection._socket.destroy();
      });
    },
  });
  box.server = made.server;
  return { ...made, seen };
}

test('an answer that is lost: the mail is not sent again once the list has shown it', async (t) => {
  const { bot, seen, time } = await cutBot(t);
  await say(bot, 'report');
  await sendAll(bot);
  assert.deepEqual(seen, ['<report@bot>']);
  const copy = `From: ${BOT}\nTo: ${LIST}\nMessage-ID: <report@bot>\nList-Id: <dev.lists.test>\nSubject: Re: x\n\nIt does not build.\n`;
  await messagesArrived(bot, [{ raw: Buffer.from(copy), label: 'list' }], { act: true });
  await sendAll(bot);
  assert.deepEqual(await states(bot), { report: 'sent' });
  time.now += 86_400_000;
  await sendAll(bot);
  assert.deepEqual(seen, ['<report@bot>']);
});

test('an answer that is lost and a list that shows nothing: sent again after a while, but never while the list is not read', async (t) => {
  const { bot, seen, time } = await cutBot(t);
  const deaf: Context = { ...bot, readAt: async () => Date.UTC(2026, 0, 1) };
  await say(bot, 'report');
  await sendAll(deaf);
  for (let minute = 0; minute < 50; minute += 1) {
    time.now += MINUTE;
    await sendAll(deaf);
  }
  assert.deepEqual(seen, ['<report@bot>'], 'whoever cannot hear does not repeat himself');
  time.now += 10 * MINUTE;
  await sendAll(bot);
  assert.deepEqual(seen, ['<report@bot>', '<report@bot>']);
});

test('a list that is never read again leaves the question to a person, after the time in which mail is given up', async (t) => {
  const { bot, seen, time } = await cutBot(t);
  const deaf: Context = { ...bot, readAt: async () => 0 };
  await say(bot, 'report');
  await sendAll(deaf);
  time.now += policy.giveUpMs + policy.lookMs;
  await sendAll(deaf);
  assert.deepEqual([seen, await states(bot)], [['<report@bot>'], { report: 'failed' }]);
});

test('a lost answer to a mail for the author alone is for a person to judge', async (t) => {
  const { bot, seen, time } = await cutBot(t);
  await say(bot, 'private', 'private', { cc: [] });
  await sendAll(bot);
  time.now += 86_400_000;
  await sendAll(bot);
  assert.deepEqual(seen, ['<private@bot>']);
  assert.deepEqual(await states(bot), { private: 'failed' });
});

test('a server without TLS gets nothing where TLS is asked for', async (t) => {
  const { bot, taken, port } = await speakingBot(t);
  const sink = smtpSink({ host: '127.0.0.1', port, security: 'starttls', user: null, password: null });
  t.after(() => sink.close());
  await say(bot, 'report');
  await sendAll({ ...bot, sink });
  assert.deepEqual([taken, await states(bot)], [[], { report: 'queued' }]);
});

test('the kill switch ends a try that is under way, and nothing more leaves until it is released', async (t) => {
  const envelopes = { waiting: 0 };
  const { bot, taken, time } = await speakingBot(t, {
    // Answers the envelope only after a long time: a slow server.
    onRcptTo: (_address, _session, done) => {
      envelopes.waiting += 1;
      setTimeout(done, envelopes.waiting > 2 ? 0 : 5_000).unref();
    },
  });
  await say(bot, 'a');
  await say(bot, 'b');
  const sending = sendAll(bot);
  while (envelopes.waiting === 0) await sleep(5);
  const stop = join(bot.config.data, 'STOP');
  writeFileSync(stop, '');
  await sending;
  assert.deepEqual(await states(bot), { a: 'queued', b: 'queued' });
  time.now += 60 * MINUTE;
  await sendAll(bot);
  assert.deepEqual(taken, []);
  rmSync(stop);
  envelopes.waiting = 2;
  await sendAll(bot);
  assert.deepEqual(new Set(taken), new Set(['<a@bot>', '<b@bot>']));
});

test('a project that goes back to shadow keeps what it had queued', async (t) => {
  const { bot, taken } = await speakingBot(t);
  await say(bot, 'a');
  const shadow = bot.config.projects.map((project) => ({ ...project, mode: 'shadow' as const }));
  await sendAll({ ...bot, config: { ...bot.config, projects: shadow } });
  assert.deepEqual(taken, []);
  await sendAll(bot);
  assert.deepEqual(taken, ['<a@bot>']);
});

test('what is above a cap waits, and the operator is told once a day', async (t) => {
  const { bot, taken, time } = await speakingBot(t);
  const capped: Context = {
    ...bot,
    config: {
      ...bot.config,
      bot: { ...bot.config.bot, operator: 'op@example.org' },
      limits: { ...bot.config.limits, mailsPerHour: { total: 3, list: 3, author: 3, series: 1 } },
    },
  };
  for (const name of ['a1', 'a2']) await say(bot, name, 'a');
  for (const name of ['b', 'c', 'd', 'e']) await say(bot, name);
  await sendAll(capped);
  const reports = (): string[] => taken.filter((msgid) => msgid.endsWith('@bot>'));
  assert.deepEqual(reports(), ['<a1@bot>', '<b@bot>', '<c@bot>'], 'one about a series, three in all');
  time.now += 61 * MINUTE;
  await sendAll(capped);
  assert.deepEqual(reports().slice(3), ['<a2@bot>', '<d@bot>', '<e@bot>']);
  assert.equal(taken.length - reports().length, 1, 'one notice');
  const [notice] = await listOutgoing(bot.store.db, { project: 'operator', limit: 9 });
  assert.equal(notice?.message.to[0]?.email, 'op@example.org');
  assert.match(notice?.message.text ?? '', /no more than \d may leave within one hour/);
});
