import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Exim, startExim } from '../helpers/exim.ts';
import { deliverTo } from '../helpers/maildir.ts';
import { requires } from '../helpers/requires.ts';
import { serverUser } from '../helpers/server.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { type SmtpPoint, type SmtpProxy, startSmtpProxy } from './smtp-proxy.ts';
import { BOT, patchMail, speakingConfig, storeConflicts } from './speaking-case.ts';

const needs = { ...requires('exim4'), ...requires('mlmmj-receive') };
const SPEAKER = join(import.meta.dirname, 'children/speaker.ts');
/** How often bots are killed at random: 200 times where it has to hold, fewer while one works on something else. */
const KILLS = Number(process.env['PATCHLOOM_KILLS'] ?? (process.env['CI'] === 'true' ? 200 : 24));
/** So many bots at the same time, each with a store of its own: starting one takes most of the time. */
const BOTS = 4;

/** Ends of transactions: claim and keep of a report, claim and result of a try, and the list's mail. */
const STORE_POINTS = [
  ...['decide 1', 'decide 2', 'send 1', 'send 2', 'intake 1'].flatMap((name) => [`${name} before`, `${name} after`]),
  'send answer',
];
const SMTP_POINTS: readonly SmtpPoint[] = [
  ...(['connect', 'EHLO', 'MAIL', 'RCPT', 'DATA', 'go on', 'text', 'dot', 'answer', 'answered', 'QUIT'] as const),
];

function speak(data: string, port: number, exim: Exim, dieAt = ''): ChildProcess {
  return spawn(process.execPath, [SPEAKER, data, String(port), exim.maildir, dieAt], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // It is started hundreds of times.
    env: { ...process.env, NODE_COMPILE_CACHE: join(exim.directory, 'compiled') },
  });
}

async function ended(child: ChildProcess): Promise<{ signal: string | null; said: string }> {
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await once(child, 'close');
  return { signal: child.signalCode, said };
}

/** How often each report came over the list. */
async function arrived(exim: Exim): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const mail of await exim.mails()) {
    const msgid = /^Message-ID: (<patchloom-[^>]+>)/im.exec(mail)?.[1];
    if (msgid !== undefined && /^List-Id: <dev\.lists\.test>/im.test(mail))
      counts.set(msgid, (counts.get(msgid) ?? 0) + 1);
  }
  return counts;
}

/** Lets the bots finish in peace, waits for the list, and looks: every report once. */
async function assertOnce(stores: readonly string[], exim: Exim, reports: number): Promise<void> {
  await Promise.all(
    stores.map(async (data) => assert.match((await ended(speak(data, exim.port, exim))).said, /done\n$/)),
  );
  for (const end = Date.now() + 30_000; (await arrived(exim)).size < reports && Date.now() < end; ) await sleep(50);
  // What would be a second copy gets its time to come, too.
  await sleep(1_500);
  const counts = await arrived(exim);
  assert.equal(counts.size, reports, 'nothing is lost');
  assert.deepEqual(
    [...counts].filter(([, count]) => count !== 1),
    [],
    'nothing comes twice',
  );
}

function killAt(proxy: SmtpProxy, point: SmtpPoint, child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    proxy.onPoint = (now, client, server) => {
      if (now !== point) return;
      proxy.onPoint = () => {};
      child.kill('SIGKILL');
      // What the dead cannot say any more is not said for them.
      if (point === 'text') server.destroy();
      client.destroy();
      resolve();
    };
  });
}

test(
  'killed at every step of decide, store, connect, DATA, answer and store, every report arrives once',
  needs,
  async (t) => {
    const points = STORE_POINTS.length + SMTP_POINTS.length;
    await using exim = await startExim({ lists: { dev: [BOT] } });
    await using proxy = await startSmtpProxy(exim.port);
    const data = join(tempDir(t), 'data');
    await storeConflicts(speakingConfig(data, 0), points + 3);
    const owner = await serverUser();
    for (const point of STORE_POINTS) {
      if (point.startsWith('intake'))
        await deliverTo(owner, exim.maildir, patchMail(9_000 + STORE_POINTS.indexOf(point)));
      const { signal, said } = await ended(speak(data, exim.port, exim, point));
      assert.equal(signal, 'SIGKILL', `${point}: ${said}`);
      assert.match(said, new RegExp(`dies at ${point}\n$`));
    }
    for (const point of SMTP_POINTS) {
      const child = speak(data, proxy.port, exim);
      const over = ended(child);
      await Promise.race([killAt(proxy, point, child), over]);
      assert.equal((await over).signal, 'SIGKILL', point);
    }
    await assertOnce([data], exim, points + 3);
  },
);

test(`${BOTS} bots are killed ${KILLS} times at random, and every report arrives once`, needs, async (t) => {
  await using exim = await startExim({ lists: { dev: [BOT] } });
  const each = Math.ceil(KILLS / BOTS);
  const stores = Array.from({ length: BOTS }, () => join(tempDir(t), 'data'));
  for (const [at, data] of stores.entries()) await storeConflicts(speakingConfig(data, 0), each, at * each);
  const killed = await Promise.all(stores.map((data) => killAtRandom(data, exim, each)));
  const kills = killed.reduce((sum, one) => sum + one, 0);
  t.diagnostic(`${kills} kills`);
  assert.ok(kills > KILLS / 2, `only ${kills} kills met a bot at work`);
  await assertOnce(stores, exim, each * BOTS);
});

/** @returns how many kills met a bot at work */
async function killAtRandom(data: string, exim: Exim, times: number): Promise<number> {
  let killed = 0;
  for (let kill = 0; kill < times; kill += 1) {
    const child = speak(data, exim.port, exim);
    const over = ended(child);
    if (child.stdout) await Promise.race([once(child.stdout, 'data'), over]);
    await sleep(Math.random() * 250);
    child.kill('SIGKILL');
    if ((await over).signal === 'SIGKILL') killed += 1;
  }
  return killed;
}
