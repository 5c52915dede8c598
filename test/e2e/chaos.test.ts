import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { readFileSync, readdirSync } from 'node:fs';
import type { Config } from '../../config/config.ts';
import { pendingJobs } from '../../src/store/jobs.ts';
import { messageCount } from '../../src/store/messages.ts';
import { openStore, type Store } from '../../src/store/open.ts';
import type { Db } from '../../src/store/schema.ts';
import { countOutgoing } from '../../src/store/outbox.ts';
import { startDovecot } from '../helpers/dovecot.ts';
import { type Exim, startExim } from '../helpers/exim.ts';
import { gitRepo } from '../helpers/git-repo.ts';
import { startPostgres } from '../helpers/postgres.ts';
import { Random } from '../helpers/random.ts';
import { requires } from '../helpers/requires.ts';
import { freePort } from '../helpers/server.ts';
import { derivedState } from '../helpers/state.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { tempStore } from '../helpers/temp-store.ts';
import { type SmtpPoint, startProxy } from '../sink/smtp-proxy.ts';
import { BOT, clusterConfig, filesFor, LIST, post, seriesMails } from './cluster-list.ts';
import { type Member, startMember } from './cluster.ts';

const needs = {
  ...requires('postgres'),
  ...requires('dovecot'),
  ...requires('exim4'),
  ...requires('mlmmj-receive'),
};
/** PATCHLOOM_CHAOS=500 is the long form: so many faults, and twice as many mails. */
const FAULTS = Number(process.env['PATCHLOOM_CHAOS'] ?? 16);
const SERIES = Math.max(6, Math.ceil(FAULTS / 2));
const POINTS: readonly SmtpPoint[] = [
  'connect',
  'EHLO',
  'MAIL',
  'RCPT',
  'DATA',
  'text',
  'dot',
  'answer',
  'answered',
  'QUIT',
];
const QUIET_MS = 180_000;

test('processes that are killed, servers that are restarted and connections that are cut change nothing of the end, and every report is sent once', {
  ...needs,
  timeout: 3_600_000,
}, async (t) => {
  const seed = Number(process.env['PATCHLOOM_SEED'] ?? Math.floor(Math.random() * 1e9));
  t.diagnostic(`seed ${seed}`);
  const random = new Random(seed);
  const pick = <T>(list: readonly T[]): T => list[random.below(list.length)] ?? assert.fail();
  const directory = tempDir(t);
  await using repo = await gitRepo();
  filesFor(repo, SERIES);
  await using postgres = await startPostgres();
  await using exim = await startExim({ lists: { dev: [BOT] } });
  await using dovecot = await startDovecot({ maildir: exim.maildir });
  await using proxy = await startProxy(exim.port);
  const database = await postgres.create();
  // Where it is slow, no process would live long enough to make the tables.
  await (await openStore({ directory, database })).close();
  const port = await freePort();
  const servers = { imap: dovecot.port, smtp: proxy.port, upstream: repo.bare(), published: repo.bare() };
  const config: Config = {
    ...clusterConfig(servers),
    database,
    web: { host: '127.0.0.1', port, url: null, tokens: [], operator: null, queries: [] },
  };
  const roles = ['intake', 'intake', 'worker', 'worker', 'worker', 'web'] as const;
  const members = roles.map((role, number) => startMember(directory, config, `${role}-${number}`, role));
  t.after(() => Promise.all(members.map((member) => member.kill9())));

  const survived = new Map<string, number>();
  const faults: Readonly<Record<string, () => Promise<void>>> = {
    'process killed': async () => {
      const member = pick(members);
      await member.kill9();
      await sleep(random.below(300));
      member.restart();
    },
    'PostgreSQL killed': async () => {
      await postgres.kill9();
      await sleep(random.below(500));
      await postgres.restart();
    },
    'PostgreSQL restarted': async () => {
      await postgres.stop();
      await postgres.restart();
    },
    'IMAP server killed': () => dovecot.restart(),
    'SMTP cut': async () => {
      const at = pick(POINTS);
      proxy.onPoint = (point, client, server) => {
        if (point !== at) return;
        client.destroy();
        server.destroy();
        proxy.onPoint = () => {};
      };
    },
  };
  const posting = (async () => {
    for (let number = 0; number < SERIES; number += 1) {
      for (const raw of seriesMails(number)) await post(exim.port, raw);
      await sleep(random.below(400));
    }
  })();
  const names = Object.keys(faults);
  for (let count = 0; count < FAULTS; count += 1) {
    // Each kind once; then processes die most often.
    const name = names[count] ?? (random.once(2) ? 'process killed' : pick(names));
    await faults[name]?.();
    survived.set(name, (survived.get(name) ?? 0) + 1);
    await sleep(300 + random.below(1_200));
  }
  await posting;
  proxy.onPoint = () => {};

  const store = await tempStore(t, { database, readonly: true });
  await untilQuiet(t, directory, store, exim);
  t.diagnostic(`${FAULTS} faults survived: ${[...survived].map(([name, n]) => `${n} ${name}`).join(', ')}`);

  // The process that answers may have been the last to be killed.
  let status = 0;
  for (const end = Date.now() + QUIET_MS; status !== 200 && Date.now() < end; await sleep(100))
    status = await fetch(`http://127.0.0.1:${port}/readyz`).then(
      (answer) => answer.status,
      () => 0,
    );
  assert.equal(status, 200);
  assert.deepEqual(await countOutgoing(store.db), [{ state: 'sent', count: SERIES }]);
  assert.deepEqual(
    [...(await arrived(exim)).values()],
    Array.from({ length: SERIES }, () => 1),
  );
  for (const member of members) assert.equal(await member.stop(), 0, `${member.name} ends in order`);
  assert.deepEqual(leftovers(directory), []);

  const calm = await calmRun(t, { ...config, database: null, web: null }, servers, repo.bare(), store);
  assert.equal(await derivedState(store.db), await derivedState(calm.db));
  assert.deepEqual(await outcomes(store.db), await outcomes(calm.db));
});

/** Waits until all that was posted has been taken in, worked on and answered, and the answers have come back. */
async function untilQuiet(t: TestContext, directory: string, store: Store, exim: Exim): Promise<void> {
  const wanted = SERIES * 5;
  let told = '';
  for (const end = Date.now() + QUIET_MS; Date.now() < end; await sleep(500)) {
    const { messages } = await messageCount(store.db);
    const jobs = await pendingJobs(store.db);
    const outbox = await countOutgoing(store.db);
    const open = outbox.filter(({ state }) => state !== 'sent');
    told = JSON.stringify({ messages, wanted, jobs, outbox, arrived: (await arrived(exim)).size });
    if (messages >= wanted && jobs.length === 0 && open.length === 0) return;
  }
  for (const name of readdirSync(directory).filter((file) => file.endsWith('.log')))
    t.diagnostic(`${name}: ${readFileSync(join(directory, name), 'utf8').slice(-1_500)}`);
  assert.fail(`it did not come to rest: ${told}`);
}

/** How often each report came over the list. */
async function arrived(exim: Exim): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const mail of await exim.mails()) {
    const msgid = /^Message-ID: (<patchloom-[^>]+>)/im.exec(mail)?.[1];
    if (msgid !== undefined && mail.includes(`<${LIST.replace('@', '.')}>`))
      counts.set(msgid, (counts.get(msgid) ?? 0) + 1);
  }
  return counts;
}

/** Directories of a moment that processes in order leave none of; those of killed ones are removed as they start again. */
function leftovers(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.lock'));
}

/** One process in peace on SQLite, over the same mailbox; it says nothing. */
async function calmRun(
  t: TestContext,
  config: Config,
  at: { upstream: string },
  published: string,
  chaos: Store,
): Promise<Store> {
  const directory = tempDir(t);
  const projects = config.projects.map((project) => ({
    ...project,
    mode: 'shadow' as const,
    git: project.git === null ? null : { ...project.git, upstream: at.upstream, publish: [published] },
  }));
  const member: Member = startMember(directory, { ...config, projects, smtp: null }, 'calm', 'all');
  t.after(() => member.kill9());
  const wanted = await messageCount(chaos.db);
  const store = await openSoon(t, join(directory, 'calm'));
  for (const end = Date.now() + QUIET_MS; ; await sleep(300)) {
    const { messages } = await messageCount(store.db);
    const said = await countOutgoing(store.db);
    const done = messages === wanted.messages && said[0]?.count === SERIES;
    if (done && (await pendingJobs(store.db)).length === 0) break;
    assert.ok(Date.now() < end, `the calm run does not end: ${JSON.stringify([messages, wanted, said])}`);
  }
  assert.equal(await member.stop(), 0);
  return store;
}

async function openSoon(t: TestContext, directory: string): Promise<Store> {
  for (const end = Date.now() + 30_000; ; await sleep(200)) {
    try {
      return await tempStore(t, { directory, readonly: true });
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}

/** What came of every series: commits, names, checks and what was said. */
async function outcomes(db: Db): Promise<unknown> {
  const mirrors = await db.selectFrom('mirror').select(['key', 'state', 'document']).orderBy('key').execute();
  const checks = await db.selectFrom('check_result').select(['key', 'context', 'patch', 'state', 'tree']).execute();
  const said = await db.selectFrom('outbox').select(['key', 'kind', 'outcome']).orderBy('key').execute();
  const of = (document: string) => {
    const { ref, commits, base, conflict } = JSON.parse(document) as Record<string, unknown>;
    return { ref, commits, base, conflict };
  };
  return {
    mirrors: mirrors.map(({ document, ...row }) => ({ ...row, ...of(document) })),
    checks: checks.map((row) => JSON.stringify(row)).toSorted(),
    said,
  };
}
