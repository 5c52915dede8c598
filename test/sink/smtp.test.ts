import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { OutgoingMessage } from '../../src/mail/outgoing.ts';
import { type SmtpOptions, smtpSink } from '../../src/sink/smtp.ts';
import { exec } from '../../src/util/exec.ts';
import { requires } from '../helpers/requires.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const MAIL: OutgoingMessage = {
  msgid: '<report-1@bot.example.org>',
  from: { name: 'patchloom', email: 'bot@example.org' },
  to: [{ name: 'Ann', email: 'ann@example.org' }],
  cc: [{ name: '', email: 'list@example.org' }],
  subject: 'Re: [PATCH] x',
  inReplyTo: '<patch@example.org>',
  references: ['<patch@example.org>'],
  date: '2024-06-28T12:00:00Z',
  headers: { 'Auto-Submitted': 'auto-replied' },
  text: 'It does not build.\n.\n.. dots\n',
};

/** A server with the given faults; what it took is in `mails`. */
async function startServer(t: TestContext, faults: Partial<SMTPServerOptions> = {}) {
  const mails: { text: string; to: string[] }[] = [];
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData(stream, session, done) {
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
      stream.on('end', () => {
        mails.push({ text, to: session.envelope.rcptTo.map(({ address }) => address) });
        done(null, 'queued as 42');
      });
    },
    ...faults,
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  t.after(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const address = server.server.address();
  assert.ok(address !== null && typeof address === 'object');
  return { server, mails, port: address.port };
}

function sinkTo(t: TestContext, port: number, more: Partial<SmtpOptions> = {}) {
  const sink = smtpSink({ host: 'localhost', port, security: 'none', user: null, password: null, ...more });
  t.after(() => sink.close());
  return sink;
}

function fail(code: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode: code });
}

test('a mail is sent once to everybody, byte for byte, and the answer is kept', async (t) => {
  const { mails, port } = await startServer(t);
  const sink = sinkTo(t, port);
  await sink.verify();
  const result = await sink.send(MAIL);
  assert.equal(result.kind, 'sent');
  assert.match(result.kind === 'sent' ? result.response : '', /queued as 42/);
  assert.equal(mails.length, 1);
  assert.deepEqual(mails[0]?.to, ['ann@example.org', 'list@example.org']);
  assert.match(mails[0]?.text ?? '', /^Message-ID: <report-1@bot\.example\.org>\r$/im);
  assert.match(mails[0]?.text ?? '', /\r\n\r\nIt does not build\.\r\n\.\r\n\.\. dots\r\n$/);
});

test('a temporary refusal asks for another try, a lasting one does not', async (t) => {
  const busy = await startServer(t, { onMailFrom: (_address, _session, done) => done(fail(451, 'greylisted')) });
  const later = await sinkTo(t, busy.port).send(MAIL);
  assert.equal(later.kind, 'retry');
  assert.match(later.kind === 'retry' ? later.reason : '', /^451 greylisted/);
  const strict = await startServer(t, { onRcptTo: (_address, _session, done) => done(fail(550, 'no such user')) });
  const never = await sinkTo(t, strict.port).send(MAIL);
  assert.equal(never.kind, 'refused');
  assert.match(never.kind === 'refused' ? never.reason : '', /550 no such user/);
  const picky = await startServer(t, {
    onData: (stream, _session, done) => void stream.resume().on('end', () => done(fail(554, 'looks like spam'))),
  });
  assert.equal((await sinkTo(t, picky.port).send(MAIL)).kind, 'refused');
  const full = await startServer(t, {
    onData: (stream, _session, done) => void stream.resume().on('end', () => done(fail(452, 'disk full'))),
  });
  assert.equal((await sinkTo(t, full.port).send(MAIL)).kind, 'retry');
});

test('who was refused is told where others got the mail', async (t) => {
  const { port } = await startServer(t, {
    onRcptTo: ({ address }, _session, done) => done(address.startsWith('list') ? fail(550, 'members only') : null),
  });
  const result = await sinkTo(t, port).send(MAIL);
  assert.match(result.kind === 'sent' ? result.response : '', /refused for list@example\.org/);
});

test('a connection that is cut after DATA leaves a doubt, and nothing is sent again by itself', async (t) => {
  let taken = 0;
  const cutter = await startServer(t, {
    onData(stream) {
      stream.resume().on('end', () => {
        taken += 1;
        for (const connection of cutter.server.connections) connection._socket.destroy();
      });
    },
  });
  const result = await sinkTo(t, cutter.port).send(MAIL);
  assert.equal(result.kind, 'doubtful');
  assert.equal(taken, 1);
});

test('a connection that is cut before DATA, or never made, is tried again', async (t) => {
  const cutter = await startServer(t, {
    onRcptTo() {
      for (const connection of cutter.server.connections) connection._socket.destroy();
    },
  });
  assert.equal((await sinkTo(t, cutter.port).send(MAIL)).kind, 'retry');
  const silent = createServer((socket) => void socket.on('error', () => {}));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', () => resolve()));
  t.after(() => silent.close());
  const address = silent.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const mute = sinkTo(t, port, { timeout: 200 });
  const result = await mute.send(MAIL);
  assert.equal(result.kind, 'retry');
  await assert.rejects(mute.verify(), {
    code: 'SMTP_UNREACHABLE',
    message: new RegExp(`^localhost:${port}: no answer in time`),
  });
  silent.close();
});

test('a server that is not there is told in one line', async (t) => {
  const { server, port } = await startServer(t);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  const sink = sinkTo(t, port, { host: '127.0.0.1' });
  assert.equal((await sink.send(MAIL)).kind, 'retry');
  await assert.rejects(sink.verify(), {
    code: 'SMTP_UNREACHABLE',
    message: /^127\.0\.0\.1:\d+: nothing listens there: [^\n]*$/,
  });
});

test('a wrong password is told as such, and the mail waits', async (t) => {
  const { port } = await startServer(t, {
    disabledCommands: ['STARTTLS'],
    onAuth: ({ username, password }, _session, done) =>
      username === 'bot' && password === 'right' ? done(null, { user: 'bot' }) : done(fail(535, 'go away')),
  });
  const wrong = sinkTo(t, port, { user: 'bot', password: 'hunter2' });
  await assert.rejects(wrong.verify(), (error: Error & { code: string }) => {
    assert.equal(error.code, 'SMTP_AUTH');
    assert.match(error.message, /^localhost:\d+: the login was refused: 535 go away$/);
    return true;
  });
  assert.equal((await wrong.send(MAIL)).kind, 'retry');
  const without = await sinkTo(t, port).send(MAIL);
  assert.equal(without.kind, 'retry', 'a server that wants a login has not judged the mail');
  assert.equal((await sinkTo(t, port, { user: 'bot', password: 'right' }).send(MAIL)).kind, 'sent');
});

test(
  'TLS and STARTTLS are required where they are asked for, with a certificate that is trusted',
  requires('openssl'),
  async (t) => {
    const directory = tempDir(t);
    const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
    const request =
      `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost`.split(' ');
    const made = await exec('openssl', [
      ...request,
      '-addext',
      'subjectAltName=DNS:localhost',
      '-keyout',
      key,
      '-out',
      cert,
    ]);
    assert.equal(made.code, 0, made.stderr);
    const pair = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
    const upgraded = await startServer(t, { ...pair, disabledCommands: ['AUTH'] });
    const direct = await startServer(t, { ...pair, secure: true, disabledCommands: ['AUTH'] });
    const bare = await startServer(t);
    const refusal = { code: 'SMTP_UNREACHABLE' };
    await assert.rejects(sinkTo(t, bare.port, { security: 'starttls' }).verify(), refusal);
    await assert.rejects(sinkTo(t, upgraded.port, { security: 'starttls' }).verify(), refusal);
    await assert.rejects(sinkTo(t, direct.port, { security: 'tls' }).verify(), refusal);
    const before = getCACertificates('default');
    t.after(() => setDefaultCACertificates(before));
    setDefaultCACertificates([...before, pair.cert]);
    assert.equal((await sinkTo(t, upgraded.port, { security: 'starttls' }).send(MAIL)).kind, 'sent');
    assert.equal((await sinkTo(t, direct.port, { security: 'tls' }).send(MAIL)).kind, 'sent');
  },
);
