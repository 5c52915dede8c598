import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { messagesArrived } from '../../handlers/message-arrived.ts';
import { buildJob, reconsiderGates } from '../../handlers/mirror-published.ts';
import { parseMessage } from '../../src/mail/parse.ts';
import { type Bot, STAGES } from '../../src/bot.ts';
import { ROOT } from '../../src/root.ts';
import { buildRunOf } from '../../src/store/build-runs.ts';
import { checksOf } from '../../src/store/checks.ts';
import { enqueue } from '../../src/store/jobs.ts';
import { outgoingOf } from '../../src/store/outbox.ts';
import { PAGE_PATCHES } from '../../src/service-pages.ts';
import { silentLog } from '../../src/util/log.ts';
import { createMetrics } from '../../src/web/metrics.ts';
import { createWeb } from '../../src/web/web.ts';
import { drain, work } from '../../src/worker.ts';
import { buildCase, newest, play } from '../helpers/build-bot.ts';
import { cli } from '../helpers/cli.ts';
import { requires } from '../helpers/requires.ts';
import { NO_APIS } from '../helpers/web.ts';

const JOBS = `      jobs:
        - {name: build, run: "sh build.sh", timeout: 60s}
`;
const BUILD_SH = `if grep -n broken main.c; then echo "main.c:$(grep -n broken main.c | cut -d: -f1):5: error: 'broken' undeclared"; exit 1; fi
`;
const GOOD = { 'main.c': 'int main(void)\n{\n}\n', 'build.sh': BUILD_SH };
/** Twelve patches: the 7th breaks the build and the 9th mends it. */
const TWELVE = Array.from({ length: 12 }, (_, n) => ({
  'main.c':
    n === 6 || n === 7 ? `int main(void)\n{\n    broken();\n}\n/* ${n} */\n` : `int main(void)\n{\n}\n/* ${n} */\n`,
}));

async function checksNow(bot: Bot): Promise<string[]> {
  const { series } = await newest(bot);
  const index = new Map(series.patches.map((patch) => [patch.msgid, patch.index]));
  const checks = await checksOf(bot.store.db, 'hello', series.key);
  return checks
    .map((one) => `${index.get(one.patch ?? '')} ${one.judged?.as ?? one.state}`)
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
}

async function runOf(bot: Bot): Promise<string> {
  const run = await buildRunOf(bot.store.db, 'hello', (await newest(bot)).series.key);
  return run === null ? 'none' : `${run.state}: ${run.reason}`;
}

test(
  "of twelve patches mail and page name the 7th, the compiler's line, and that the tip builds",
  requires('bwrap'),
  async (t) => {
    const its = await buildCase(t, GOOD, `      gate: always\n${JOBS}`);
    const bot = await its.open();
    await play(bot, its.series('hello', TWELVE));
    assert.equal(await runOf(bot), 'ended: complete and applies');
    const { series } = await newest(bot);
    const [mail] = await outgoingOf(bot.store.db, 'hello', series.key);
    assert.equal(mail?.outcome, 'build-failed:7');
    assert.equal(mail.message.inReplyTo, series.patches[6]?.msgid);
    assert.match(mail.message.text, /patch 7\/12 does not pass the build-test "build"/);
    assert.match(mail.message.text, /main\.c:3:5: error: 'broken' undeclared/);
    assert.match(mail.message.text, /The whole series passes/);
    const web = createWeb({
      store: bot.store,
      templatesDirectory: join(ROOT, 'templates/web'),
      facts: {
        bot: 'bot',
        version: '1',
        projects: [{ name: 'hello', mode: 'shadow', gitUrl: null, list: null, archive: null }],
        sources: [],
      },
      apis: NO_APIS,
      readMessage: parseMessage,
      patches: PAGE_PATCHES,
      queries: [],
      health: () => ({ checks: [] }),
      metrics: createMetrics(bot.store, bot.clock).registry,
      clock: bot.clock,
      log: silentLog,
    });
    const page = await (await web.request(`/change/${series.change}`)).text();
    assert.match(page, /main\.c:3:5: error: &#39;broken&#39; undeclared/);
    assert.deepEqual(
      (await checksNow(bot)).filter((line) => !line.endsWith('success')),
      ['7 regression', '8 regression'],
    );
  },
);

test('where the base is broken already nothing is said on the list', async (t) => {
  const its = await buildCase(t, { ...GOOD, 'main.c': 'broken\n' }, `      sandbox: none\n      gate: always\n${JOBS}`);
  const bot = await its.open();
  await play(bot, its.series('hello', [{ 'other.c': '1\n' }, { 'other.c': '2\n' }]));
  assert.deepEqual(await checksNow(bot), ['2 already-broken']);
  assert.deepEqual(await outgoingOf(bot.store.db, 'hello', (await newest(bot)).series.key), []);
});

test('a result is used again where the tree is the same: a resend costs no run', async (t) => {
  const its = await buildCase(t, GOOD, `      sandbox: none\n      gate: always\n${JOBS}`);
  const bot = await its.open();
  const ran: number[] = [];
  const counting = {
    ...bot,
    observer: { checked: (_: unknown, { seconds }: { seconds: number }) => void ran.push(seconds) },
  };
  const commits = [{ 'a.c': '1\n' }, { 'a.c': '2\n' }];
  await play(counting, its.series('hello', commits));
  const first = await checksOf(bot.store.db, 'hello', (await newest(bot)).series.key);
  await play(counting, its.series('hello', commits, '--subject-prefix=PATCH RESEND'));
  const again = await checksOf(bot.store.db, 'hello', (await newest(bot)).series.key);
  assert.equal(again.length, 2);
  assert.deepEqual(
    again.map((one) => one.seconds),
    first.map((one) => one.seconds),
    'the very same results',
  );
});

test('a run is earned by tags that come later, and show says why it did not start before', async (t) => {
  const its = await buildCase(t, GOOD, `      sandbox: none\n      gate: {tags: 1}\n${JOBS}`);
  const bot = await its.open();
  const [mail = Buffer.alloc(0)] = its.series('hello', [{ 'a.c': '1\n' }]);
  await play(bot, [mail]);
  assert.equal(await runOf(bot), 'waiting: waits for tags: 0 tags, 1 needed');
  const { series } = await newest(bot);
  assert.match(
    (await cli('show', series.change, '--config', its.file)).out,
    /^build {3}does not run: waits for tags: 0 tags/m,
  );
  await reconsiderGates(bot);
  await drain(bot, STAGES);
  assert.deepEqual(await checksNow(bot), []);
  const ack = `From: Max <max@example.org>\nTo: hello@lists.example.org\nDate: Mon, 01 Jan 2024 12:00:00 +0000\nMessage-ID: <ack@x>\nIn-Reply-To: ${series.msgid}\nSubject: Re: hello\n\nAcked-by: Max <max@example.org>\n`;
  await play(bot, [Buffer.from(ack)]);
  await reconsiderGates(bot);
  await drain(bot, STAGES);
  assert.deepEqual(await checksNow(bot), ['1 success']);
  assert.match((await cli('show', series.change, '--config', its.file)).out, /^build {3}ended: 1 tag, 1 needed/m);
});

test('the quota of an author holds the third series of a day, a request runs it all the same', async (t) => {
  const its = await buildCase(t, GOOD, `      sandbox: none\n      gate: always\n      quota: {author: 2}\n${JOBS}`);
  const bot = await its.open();
  for (const name of ['one', 'two', 'three']) await play(bot, its.series(name, [{ [`${name}.c`]: '1\n' }]));
  assert.equal(await runOf(bot), 'waiting: quota: 2 runs for this author in 24 hours, at most 2');
  const { series } = await newest(bot);
  await bot.store.transaction((tx) =>
    enqueue(tx, buildJob({ project: 'hello', key: series.key, asked: true }), bot.clock.now()),
  );
  await drain(bot, STAGES);
  assert.equal(await runOf(bot), 'ended: asked for');
});

test('a series that changes the CI itself is held and says so', async (t) => {
  const its = await buildCase(t, GOOD, `      sandbox: none\n      gate: always\n${JOBS}`);
  const bot = await its.open();
  await play(bot, its.series('hello', [{ '.github/workflows/ci.yml': 'on: push\n' }]));
  assert.equal(await runOf(bot), 'waiting: it changes how the CI runs (.github/workflows/ci.yml): runs when asked for');
});

test('a ready series is built before one that was queued earlier', async (t) => {
  const its = await buildCase(t, GOOD, `      sandbox: none\n      gate: always\n${JOBS}`);
  const bot = await its.open();
  const built: string[] = [];
  const watching = { ...bot, observer: { build: ({ key }: { key: string }) => void built.push(key) } };
  const { run: _, ...before } = STAGES;
  const [first = Buffer.alloc(0)] = its.series('first', [{ 'a.c': '1\n' }]);
  const second = its
    .series('second', [{ 'b.c': '1\n' }])
    .map((raw) => Buffer.from(String(raw).replace('Signed-off-by', 'Acked-by: Max <max@example.org>\nSigned-off-by')));
  for (const mails of [[first], second]) {
    await messagesArrived(
      bot,
      mails.map((raw) => ({ raw, label: 'test' })),
      { act: true },
    );
    await drain(bot, before);
  }
  const ready = await newest(bot);
  assert.equal(ready.readiness.state, 'ready');
  await drain(watching, STAGES);
  assert.equal(built[0], ready.series.key);
});

test('a run that a new version replaces is stopped, and nothing is left running', requires('bwrap'), async (t) => {
  const slow = `      gate: always\n      jobs:\n        - {name: build, run: "[ ! -e slow ] || sleep 100", timeout: 200s}\n`;
  const its = await buildCase(t, GOOD, slow);
  const bot = await its.open();
  const stop = new AbortController();
  const working = Promise.all([
    work(bot, { mirror: STAGES.mirror, build: STAGES.build, report: STAGES.report }, stop.signal),
    work(bot, { run: STAGES.run }, stop.signal),
  ]);
  const arrive = (mails: readonly Buffer[]) =>
    messagesArrived(
      bot,
      mails.map((raw) => ({ raw, label: 'test' })),
      { act: true },
    );
  await arrive(its.series('hello', [{ slow: '' }]));
  const old = (await newest(bot)).series.key;
  const state = async (key: string) => (await buildRunOf(bot.store.db, 'hello', key))?.state;
  while ((await state(old)) !== 'running') await sleep(20);
  await arrive(its.series('hello', [{ quick: '' }], '-v2'));
  while ((await state(old)) !== 'cancelled') await sleep(20);
  while ((await state((await newest(bot)).series.key)) !== 'ended') await sleep(20);
  stop.abort();
  await working;
  assert.deepEqual(await checksOf(bot.store.db, 'hello', old), []);
  assert.deepEqual(await checksNow(bot), ['1 success']);
});

test('while a run goes on, show tells what it does; at the end its log is kept', async (t) => {
  const run = 'echo hello from the build; until [ -e go ]; do sleep 0.01; done';
  const slow = `      sandbox: none\n      gate: always\n      jobs:\n        - {name: build, run: "${run}", timeout: 60s}\n`;
  const its = await buildCase(t, GOOD, slow);
  const bot = await its.open();
  const working = play(bot, its.series('hello', [{ slow: '' }]));
  const shown = async () => {
    const known = await newest(bot).catch(() => null);
    return known === null ? '' : (await cli('show', known.series.change, '--config', its.file)).out;
  };
  for (const patch of ['patch 1', 'the base']) {
    const wanted = new RegExp(
      `^now     ${patch}, job build; . of 2 checks done\\n        \\| hello from the build$`,
      'm',
    );
    while (!wanted.test(await shown())) await sleep(20);
    await writeFile(join(its.data, 'build/hello/1/tree/go'), '');
  }
  await working;
  const { series } = await newest(bot);
  const [check] = await checksOf(bot.store.db, 'hello', series.key);
  assert.equal(await readFile(join(its.data, check?.log ?? ''), 'utf8'), 'hello from the build\n');
  assert.doesNotMatch(await shown(), /^now /m);
});
