import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { sendNext } from '../../handlers/report-decided.ts';
import { type Bot, openBot } from '../../src/bot.ts';
import { smtpSink } from '../../src/sink/smtp.ts';
import { decide, listOutgoing, type Outgoing } from '../../src/store/outbox.ts';
import { silentLog } from '../../src/util/log.ts';
import { sampleOutgoing } from '../helpers/samples.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { LIST, POLICY, speakingConfig } from './speaking-case.ts';

/** What a server waits for before it answers; the greeting comes unasked, `.` is the end of the text. */
const PHASES = ['greeting', 'EHLO', 'MAIL', 'RCPT', 'DATA', '.'] as const;
type Phase = (typeof PHASES)[number];
type Fault = 'says nothing more' | 'closes its half of the line' | 'cuts the line';

const SILENCE_MS = 250;
const MINUTE = 60_000;
const policy = {
  ...POLICY,
  firstRetryMs: MINUTE,
  longestRetryMs: MINUTE,
  lookMs: 15 * MINUTE,
  giveUpMs: 1_000 * MINUTE,
};

/** A server with a fault at one phase of the first conversation; `taken` are the Message-IDs that it has taken, or may have. */
async function faultyServer(t: TestContext, phase: Phase, fault: Fault): Promise<{ port: number; taken: string[] }> {
  const taken: string[] = [];
  let faults = 1;
  const sockets = new Set<Socket>();
  const listener = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    let text: string | null = null;
    let rest = '';
    const answer = (now: Phase, words: string): void => {
      if (now !== phase || faults === 0) return void socket.write(`${words}\r\n`);
      faults -= 1;
      if (fault === 'closes its half of the line') socket.end();
      else if (fault === 'cuts the line') socket.destroy();
    };
    const command = (line: string): void => {
      const word = line.slice(0, 4).toUpperCase();
      if (word === 'QUIT') return void socket.end('221 bye\r\n');
      if (word === 'DATA' && faults === 0) text = '';
      if (word === 'DATA' && faults > 0 && phase !== 'DATA') text = '';
      answer(word as Phase, word === 'DATA' ? '354 go on' : '250 ok');
    };
    socket.on('data', (chunk: Buffer) => {
      rest += chunk.toString('latin1');
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        if (text === null) command(line);
        else if (line === '.') {
          taken.push(/^Message-ID: (\S+)/im.exec(text)?.[1] ?? 'none');
          text = null;
          answer('.', '250 queued');
        } else text += `${line}\n`;
      }
    });
    answer('greeting', '220 mx.lists.test');
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', () => resolve()));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    listener.close();
  });
  const address = listener.address();
  return { port: address !== null && typeof address === 'object' ? address.port : 0, taken };
}

async function botFor(t: TestContext, port: number, security: 'none' | 'starttls' | 'tls' = 'none') {
  const time = { now: Date.UTC(2026, 0, 1) };
  const opened = await openBot(speakingConfig(join(tempDir(t), 'data'), port), {
    log: silentLog,
    clock: { now: () => time.now },
    readAt: () => time.now,
  });
  t.after(() => opened[Symbol.asyncDispose]());
  const sink = smtpSink({ host: '127.0.0.1', port, security, user: null, password: null, timeout: SILENCE_MS });
  t.after(() => sink.close());
  const bot: Bot = { ...opened, sink };
  const project = bot.config.projects[0]?.name ?? '';
  for (const name of ['first', 'second']) {
    const message = { ...sampleOutgoing(`<${name}@bot>`), cc: [{ name: '', email: LIST }] };
    const of = { project, key: 'series', kind: 'conflict', outcome: name, message, mode: 'live' } as const;
    await bot.store.transaction((tx) => decide(tx, of, time.now));
  }
  const sendAll = async (): Promise<void> => {
    while (await sendNext(bot, policy));
  };
  const outbox = async (): Promise<readonly Outgoing[]> =>
    (await listOutgoing(bot.store.db, { limit: 9 })).toReversed();
  return { sendAll, outbox, time };
}

for (const fault of ['says nothing more', 'closes its half of the line', 'cuts the line'] as const) {
  for (const phase of PHASES) {
    const doubtful = phase === '.';
    const then = doubtful
      ? 'may have taken the mail, which waits for the list'
      : 'has taken nothing, and is asked again';
    test(`a server that ${fault} at ${phase} ${then}; what is about the same series keeps its order`, async (t) => {
      const { port, taken } = await faultyServer(t, phase, fault);
      const { sendAll, outbox, time } = await botFor(t, port);
      await sendAll();
      assert.deepEqual(taken, doubtful ? ['<first@bot>'] : []);
      assert.deepEqual(
        (await outbox()).map((one) => [one.state, one.doubtful]),
        [
          ['queued', doubtful],
          ['queued', false],
        ],
      );
      for (let minute = 0; minute < 14; minute += 1) {
        time.now += MINUTE;
        await sendAll();
      }
      const once = ['<first@bot>', '<second@bot>'];
      assert.deepEqual(taken, doubtful ? ['<first@bot>'] : once, 'a doubt is not settled before the list had its time');
      time.now += 2 * MINUTE;
      await sendAll();
      assert.deepEqual(taken, doubtful ? ['<first@bot>', ...once] : once, 'the list has shown nothing');
      assert.deepEqual(
        (await outbox()).map(({ state }) => state),
        ['sent', 'sent'],
      );
    });
  }
}

for (const security of ['starttls', 'tls'] as const) {
  test(`where ${security} fails, because nobody vouches for the certificate, nothing is given away, and the mail waits`, async (t) => {
    let heard = 0;
    const server = new SMTPServer({
      authOptional: true,
      secure: security === 'tls',
      onMailFrom: (_address, _session, done) => {
        heard += 1;
        done();
      },
    });
    server.on('error', () => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    t.after(() => new Promise<void>((resolve) => server.close(() => resolve())));
    const address = server.server.address();
    const { sendAll, outbox } = await botFor(
      t,
      address !== null && typeof address === 'object' ? address.port : 0,
      security,
    );
    await sendAll();
    const [first] = await outbox();
    assert.deepEqual([heard, first?.state, first?.doubtful], [0, 'queued', false]);
    assert.match(first?.error ?? '', /certificate/);
  });
}

test('a server that speaks no TLS on a port that should is told, and the mail waits', async (t) => {
  const { port } = await faultyServer(t, 'QUIT' as Phase, 'cuts the line');
  const { sendAll, outbox } = await botFor(t, port, 'tls');
  await sendAll();
  const [first] = await outbox();
  assert.deepEqual([first?.state, first?.doubtful], ['queued', false]);
});
