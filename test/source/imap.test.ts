import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { imapSource, verifyImap } from '../../src/source/source.ts';
import type { ImapOptions, RawMail } from '../../src/source/source.ts';
import { createLog, silentLog } from '../../src/util/log.ts';
import { startDovecot } from '../helpers/dovecot.ts';
import type { Dovecot } from '../helpers/dovecot.ts';
import { freePort } from '../helpers/server.ts';
import { requires } from '../helpers/requires.ts';

const NEEDS = { ...requires('dovecot'), timeout: 60_000 };

function mail(number: number): string {
  return `From: a@x.org\nMessage-ID: <${number}@x>\nSubject: ${number}\n\ntext\n`;
}

function options(
  server: Pick<Dovecot, 'host' | 'port' | 'user' | 'password'>,
  folders: readonly string[] = ['INBOX'],
): ImapOptions {
  const { host, port, user, password } = server;
  return { name: 'test', host, port, tls: false, user, password, folders, retry: { first: 20, longest: 200 } };
}

/** Reads one mail after the other; the source is stopped with the test. */
function reader(t: TestContext, from: ImapOptions, cursor: string | null = null, log = silentLog) {
  const stop = new AbortController();
  t.after(() => stop.abort());
  const mails = imapSource(from, log).read(cursor, stop.signal)[Symbol.asyncIterator]();
  const next = async (): Promise<RawMail> => {
    const { value, done } = await mails.next();
    assert.ok(done !== true, 'the source ended');
    return value;
  };
  return { stop, mails, next };
}

function subjectOf({ raw }: RawMail): string {
  return /^Subject: (.*?)\r?$/m.exec(Buffer.from(raw).toString())?.[1] ?? '';
}

async function subjects(next: () => Promise<RawMail>, count: number): Promise<string[]> {
  const found: string[] = [];
  while (found.length < count) found.push(subjectOf(await next()));
  return found;
}

test('mail that is there and mail that arrives while IDLE are both read, and the cursor goes on', NEEDS, async (t) => {
  await using server = await startDovecot();
  await server.deliver(mail(1));
  const first = reader(t, options(server));
  const one = await first.next();
  assert.deepEqual([subjectOf(one), one.label, one.done], ['1', 'test: INBOX uid 1', null]);
  const waiting = first.next();
  await server.deliver(mail(2));
  const two = await waiting;
  assert.equal(subjectOf(two), '2');
  first.stop.abort();
  assert.equal((await first.mails.next()).done, true);
  await server.deliver(mail(3));
  assert.deepEqual(await subjects(reader(t, options(server), two.cursor).next, 1), ['3']);
});

test('a mail that was not dealt with comes again after a restart', NEEDS, async (t) => {
  await using server = await startDovecot();
  for (const number of [1, 2, 3]) await server.deliver(mail(number));
  const first = reader(t, options(server));
  const { cursor } = await first.next();
  await first.next();
  first.stop.abort();
  assert.deepEqual((await subjects(reader(t, options(server), cursor).next, 2)).sort(), ['2', '3']);
});

test('many mails are read in batches, each once and in order of UID', NEEDS, async (t) => {
  await using server = await startDovecot();
  for (let number = 0; number < 130; number += 1) await server.deliver(mail(number));
  const { next } = reader(t, options(server));
  const labels: string[] = [];
  while (labels.length < 130) labels.push((await next()).label);
  assert.deepEqual(
    labels,
    Array.from({ length: 130 }, (_, index) => `test: INBOX uid ${index + 1}`),
  );
});

test('nothing is lost when the server is killed and comes back', NEEDS, async (t) => {
  await using server = await startDovecot();
  await server.deliver(mail(1));
  const { next } = reader(t, options(server));
  await next();
  const waiting = next();
  for (let round = 0; round < 3; round += 1) {
    await server.kill9();
    await server.deliver(mail(10 + round));
    await server.restart();
  }
  const found = [subjectOf(await waiting), ...(await subjects(next, 2))];
  assert.deepEqual(found.sort(), ['10', '11', '12']);
  await server.deliver(mail(20));
  assert.deepEqual(await subjects(next, 1), ['20']);
});

test('a server that is not there yet is waited for, with a clear line in the log', NEEDS, async (t) => {
  await using server = await startDovecot();
  await server.kill9();
  await server.deliver(mail(1));
  const lines: string[] = [];
  let refused = (): void => {};
  const told = new Promise<void>((resolve) => (refused = resolve));
  const log = createLog('warn', {
    write: (line: string) => (lines.push(line), refused(), true),
  } as unknown as NodeJS.WritableStream);
  const waiting = reader(t, options(server), null, log).next();
  await told;
  await server.restart();
  assert.equal(subjectOf(await waiting), '1');
  const line = JSON.parse(lines[0] ?? '{}') as { code: string; msg: string };
  assert.equal(line.code, 'IMAP_UNREACHABLE');
  assert.match(
    line.msg,
    /^test: imap 127\.0\.0\.1:\d+: folder "INBOX": .*(?:ECONNREFUSED|ECONNRESET).*; next try in \d/,
  );
});

test('a changed UIDVALIDITY makes the folder be read again from the start', NEEDS, async (t) => {
  await using server = await startDovecot();
  for (const number of [1, 2]) await server.deliver(mail(number));
  const { next } = reader(t, options(server));
  await next();
  const { cursor } = await next();
  const waiting = next();
  await server.kill9();
  await server.changeUidValidity();
  await server.restart();
  const again = await waiting;
  const last = await next();
  assert.deepEqual([subjectOf(again), subjectOf(last)].sort(), ['1', '2']);
  assert.notEqual(last.cursor, cursor);
  assert.equal((await subjects(reader(t, options(server), cursor).next, 2)).length, 2);
});

test('several folders are read side by side, each with its own place in the cursor', NEEDS, async (t) => {
  await using server = await startDovecot();
  await server.addFolder('lists');
  await server.deliver(mail(1));
  await server.deliver(mail(2), 'lists');
  const folders = ['INBOX', 'lists'];
  const first = reader(t, options(server, folders));
  await first.next();
  const { cursor } = await first.next();
  assert.deepEqual(Object.keys(JSON.parse(cursor) as object).sort(), folders);
  first.stop.abort();
  await server.deliver(mail(3), 'lists');
  await server.deliver(mail(4));
  assert.deepEqual((await subjects(reader(t, options(server, folders), cursor).next, 2)).sort(), ['3', '4']);
});

test(
  'it says up to when all mail was given, also while none comes, and not before a mail was dealt with',
  NEEDS,
  async (t) => {
    await using server = await startDovecot();
    await server.addFolder('lists');
    await server.deliver(mail(1));
    const stop = new AbortController();
    t.after(() => stop.abort());
    let time = 0;
    const reached: number[] = [];
    let wake = (): void => {};
    const caughtUp = (at: number): void => (reached.push(at), wake());
    const more = (): Promise<void> => new Promise((resolve) => (wake = resolve));
    const from = { ...options(server, ['INBOX', 'lists']), lookMs: 100 };
    const source = imapSource(from, silentLog, { now: () => ++time, caughtUp });
    const mails = source.read(null, stop.signal)[Symbol.asyncIterator]();
    await mails.next();
    assert.deepEqual(reached, [], 'the one that was given is still being dealt with');
    const waiting = mails.next();
    while (reached.length < 3) await more();
    assert.ok(reached.every((at, place) => at <= time && (place === 0 || at >= (reached[place - 1] ?? 0))));
    const before = reached.length;
    await server.deliver(mail(2), 'lists');
    assert.equal(subjectOf((await waiting).value as RawMail), '2');
    const asked = time;
    void mails.next();
    while ((reached.at(-1) ?? 0) <= asked) await more();
    assert.ok(reached.length > before);
  },
);

test('a wrong password is told in one clear line, and is not tried again', NEEDS, async (t) => {
  await using server = await startDovecot();
  const wrong = { ...options(server), password: 'wrong' };
  const expected = { code: 'IMAP_AUTH', message: /^test: imap 127\.0\.0\.1:\d+: login as bot refused: [^\n]+$/ };
  await assert.rejects(reader(t, wrong).next(), expected);
  await assert.rejects(verifyImap(wrong), expected);
});

test('a folder that is not there and a server that is not there are told', NEEDS, async (t) => {
  await using server = await startDovecot();
  const missing = options(server, ['INBOX', 'nowhere']);
  const expected = { code: 'SOURCE_MISSING', message: /^test: imap 127\.0\.0\.1:\d+: no folder "nowhere"$/ };
  await assert.rejects(reader(t, missing).next(), expected);
  await assert.rejects(verifyImap(missing), expected);
  await verifyImap(options(server));
  await assert.rejects(verifyImap({ ...options(server), port: await freePort() }), { code: 'IMAP_UNREACHABLE' });
});

test('it stops at once, also while a server says nothing', { timeout: 60_000 }, async (t) => {
  const server = createServer(() => {}).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const { stop, mails } = reader(t, options({ host: '127.0.0.1', port: address.port, user: 'bot', password: 'x' }));
  const waiting = mails.next();
  const connected = new Promise<void>((resolve) => server.once('connection', () => resolve()));
  await connected;
  stop.abort();
  assert.equal((await waiting).done, true);
});
