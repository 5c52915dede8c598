import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { loadConfig } from '../config/loader.ts';
import { presetPath } from '../config/preset.ts';
import { openBot } from '../src/bot.ts';
import { healthChecks } from '../src/health.ts';
import { enqueue } from '../src/store/jobs.ts';
import type { Store } from '../src/store/open.ts';
import { decide } from '../src/store/outbox.ts';
import { keepPulse } from '../src/store/pulses.ts';
import { countTraffic } from '../src/store/traffic.ts';
import { silentLog } from '../src/util/log.ts';
import type { HealthCheck } from '../src/web/options.ts';
import { requires } from './helpers/requires.ts';
import { sampleOutgoing } from './helpers/samples.ts';
import { newDatabase } from './helpers/store-test.ts';
import { tempDir } from './helpers/temp-dir.ts';
import { tempStore } from './helpers/temp-store.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.parse('2024-07-01T12:00:00Z');
const YAML = `bot: {email: bot@example.org}
smtp: {host: 127.0.0.1, security: none}
sources: [{name: list, mbox: {path: list.mbox}}]
projects:
  demo: {fallback: true, mode: moderate, git: {upstream: /srv/demo.git, branch: main}}
`;

interface Case {
  readonly store: Store;
  /** The check of that name at NOW. */
  readonly check: (name: string, since?: number) => Promise<HealthCheck>;
}

async function installation(t: TestContext): Promise<Case> {
  const directory = tempDir(t);
  const store = await tempStore(t, { directory: join(directory, 'data') });
  writeFileSync(join(directory, 'patchloom.yaml'), YAML);
  const config = loadConfig(join(directory, 'patchloom.yaml'), {}, { data: store.directory });
  const check = async (name: string, since = NOW): Promise<HealthCheck> => {
    const checks = await healthChecks({ config, store, clock: { now: () => NOW }, since });
    const found = checks.find((one) => one.name === name);
    return found ?? assert.fail(`no check ${name}`);
  };
  return { store, check };
}

/** So many mails of the source `list`, an hour apart, the last one `ago` ms before NOW. */
async function mails(store: Store, count: number, ago: number): Promise<void> {
  const times = Array.from({ length: count }, (_, at) => NOW - ago - at * HOUR).toReversed();
  await store.transaction(async (tx) => {
    for (const at of times) await countTraffic(tx, 'list', 1, at);
  });
}

test('a busy list that has been silent for a day is unhealthy', async (t) => {
  const { store, check } = await installation(t);
  assert.deepEqual(await check('mail of list'), { name: 'mail of list', ok: true, detail: 'none yet' });
  await mails(store, 300, 25 * HOUR);
  const silent = await check('mail of list');
  assert.deepEqual([silent.ok, silent.detail], [false, 'the last came 25 h ago: a list as busy as this is not silent']);
});

test('a busy list that stays silent stays unhealthy, however long it lasts', async (t) => {
  const { store, check } = await installation(t);
  await mails(store, 300, 20 * DAY);
  assert.deepEqual(await check('mail of list'), {
    name: 'mail of list',
    ok: false,
    detail: 'the last came 20 days ago: a list as busy as this is not silent',
  });
});

test('a busy list that has just spoken is healthy, and so is a quiet one', async (t) => {
  const busy = await installation(t);
  await mails(busy.store, 300, 23 * HOUR);
  assert.equal((await busy.check('mail of list')).ok, true);
  const quiet = await installation(t);
  await mails(quiet.store, 100, 80 * HOUR);
  assert.deepEqual(await quiet.check('mail of list'), {
    name: 'mail of list',
    ok: true,
    detail: 'the last came 3 days ago',
  });
});

test('a part with a fault is unhealthy, and one that is not heard of any more too', async (t) => {
  const { store, check } = await installation(t);
  const beat = (error: string | null, ago: number) =>
    store.transaction((tx) => keepPulse(tx, { name: 'upstream demo', error, every: 600_000, at: NOW - ago }));
  assert.equal((await check('upstream demo')).ok, true, 'it has just started');
  await beat('git@host: no such repository', 0);
  assert.deepEqual((await check('upstream demo')).detail, 'git@host: no such repository');
  await beat(null, 30 * 60_000);
  assert.deepEqual(await check('upstream demo'), { name: 'upstream demo', ok: true, detail: 'works' });
  await beat(null, 3 * HOUR);
  const dead = await check('upstream demo');
  assert.deepEqual([dead.ok, dead.detail], [false, 'not heard of for 3 h: is its process running?']);
});

test('a part that no process does is unhealthy after an hour, though nothing was ever heard of it', async (t) => {
  const { check } = await installation(t);
  assert.deepEqual(await check('source list', NOW - HOUR / 2), {
    name: 'source list',
    ok: true,
    detail: 'not heard of yet',
  });
  assert.deepEqual(await check('source list', NOW - 3 * HOUR), {
    name: 'source list',
    ok: false,
    detail: 'never heard of in 3 h: does a process do it?',
  });
});

test('work that waits for more than an hour, and work that was given up, are unhealthy', async (t) => {
  const { store, check } = await installation(t);
  const add = (key: string, at: number) =>
    store.transaction((tx) => enqueue(tx, { kind: 'mirror', key, payload: null, runAt: at }, at));
  await add('fresh', NOW - HOUR / 2);
  assert.equal((await check('jobs')).ok, true);
  await add('old', NOW - 3 * HOUR);
  assert.deepEqual(await check('jobs'), { name: 'jobs', ok: false, detail: 'work is 3 h behind' });
});

test('mail that waits while none leaves is unhealthy, unless somebody has stopped all sending', async (t) => {
  const { store, check } = await installation(t);
  const of = { project: 'demo', key: 'k', kind: 'conflict', outcome: 'conflict:1', mode: 'live' } as const;
  await store.transaction((tx) => decide(tx, { ...of, message: sampleOutgoing('<a@bot>') }, NOW - 2 * HOUR));
  const stuck = await check('outbox');
  assert.deepEqual([stuck.ok, stuck.detail], [false, 'mail waits, and none has left for 2 h']);
  writeFileSync(join(store.directory, 'STOP'), '');
  assert.deepEqual(await check('outbox'), { name: 'outbox', ok: true, detail: 'sending is stopped' });
});

test(
  'a machine whose data is in PostgreSQL has a data directory once it serves, and its disk is well',
  requires('postgres'),
  async (t) => {
    const data = join(tempDir(t), 'new');
    const config = { ...loadConfig(presetPath('default'), {}, { data }), database: await newDatabase() };
    await using bot = await openBot(config, { log: silentLog, serve: 'beside' });
    const found = (await healthChecks({ ...bot, since: NOW })).find(({ name }) => name === 'disk');
    assert.equal(found?.ok, true);
  },
);
