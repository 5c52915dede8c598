import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { readFileSync, readdirSync } from 'node:fs';
import type { Config } from '../../config/config.ts';
import type { MirrorResult } from '../../src/mirror/mirror.ts';
import { pendingJobs } from '../../src/store/jobs.ts';
import { messageCount } from '../../src/store/messages.ts';
import { openStore, type Store } from '../../src/store/open.ts';
import type { Db } from '../../src/store/schema.ts';
import { countOutgoing } from '../../src/store/outbox.ts';
import { countSeries } from '../../src/store/series.ts';
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
import { smallDisk } from '../helpers/small-disk.ts';
import { startCutter } from '../helpers/tcp-proxy.ts';
import { startSmtpProxy } from '../sink/smtp-proxy.ts';
import { faultsOf, makeDatabaseClock, setDatabaseClock } from './chaos-faults.ts';
import { type Load, ltpLoad, madeLoad, postAll } from './chaos-load.ts';
import { BOT, clusterConfig, filesFor, LIST } from './cluster-list.ts';
import { momentOf, processesOf, startMember } from './cluster.ts';

const needs = {
  ...requires('postgres'),
  ...requires('dovecot'),
  ...requires('exim4'),
  ...requires('mlmmj-receive'),
  ...requires('nsenter'),
};
/** PATCHLOOM_CHAOS=500 is the long form: so many faults, and twice as many mails. */
const FAULTS = Number(process.env['PATCHLOOM_CHAOS'] ?? 12);
/** PATCHLOOM_CHAOS_LTP=100: instead, the busiest hours of a year of a real list, so many times as fast, with a fault each other second. */
const LTP = Number(process.env['PATCHLOOM_CHAOS_LTP'] ?? 0);
/** Builds want 64 MiB free. */
const SMALL_MIB = 88;
const QUIET_MS = 180_000;

test('processes that are killed, servers that are restarted and connections that are cut change nothing of the end, and every report is sent once', {
  ...needs,
  timeout: 3_600_000,
}, async (t) => {
  const seed = Number(process.env['PATCHLOOM_SEED'] ?? Math.floor(Math.random() * 1e9));
  t.diagnostic(`seed ${seed}`);
  const random = new Random(seed);
  const directory = tempDir(t);
  const load = LTP > 0 ? await ltpLoad(LTP) : madeLoad(Math.max(6, Math.ceil(FAULTS / 2)), random);
  t.diagnostic(load.words);
  await using repo = await gitRepo();
  filesFor(repo, Array(load.series ?? 0).keys());
  repo.commit(
    Object.fromEntries(load.paths.map((path) => [path, 'Nothing that a patch knows.\n'])),
    'The files of the list',
  );
  await using postgres = await startPostgres();
  await using exim = await startExim({ lists: { dev: [BOT] } });
  await using dovecot = await startDovecot({ maildir: exim.maildir });
  await using smtp = await startSmtpProxy(exim.port);
  await using imap = await startCutter(dovecot.port);
  await using disk = await smallDisk(join(directory, 'worker-4'), SMALL_MIB + FAULTS / 4);
  const database = await postgres.create();
  await makeDatabaseClock(database);
  // Where it is slow, no process would live long enough to make the tables.
  await (await openStore({ directory, database })).close();
  const port = await freePort();
  const servers = { imap: imap.port, smtp: smtp.port, upstream: repo.bare(), published: repo.bare() };
  const config: Config = {
    ...clusterConfig(servers),
    database,
    web: { host: '127.0.0.1', port, url: null, tokens: [], operator: null, queries: [] },
  };
  const roles = ['intake', 'intake', 'worker', 'worker', 'worker', 'web'] as const;
  const members = roles.map((role, number) =>
    startMember(directory, config, `${role}-${number}`, role, number === 4 ? { enter: disk.enter } : {}),
  );
  t.after(() => Promise.all(members.map((member) => member.kill9())));

  const started = Date.now();
  const passed = (what: string): void => t.diagnostic(`${what} after ${Math.round((Date.now() - started) / 1000)} s`);
  const survived = new Map<string, number>();
  const faults = faultsOf({ members, postgres, database, dovecot, imap, smtp, disk }, random);
  const posting = postAll(exim.port, load);
  let posted = false;
  void posting.finally(() => (posted = true));
  const names = Object.keys(faults);
  for (let count = 0; LTP > 0 ? !posted : count < FAULTS; count += 1) {
    // Each kind once; then processes die most often.
    const name = names[count] ?? (random.once(2) ? 'process killed' : random.pick(names as [string, ...string[]]));
    await faults[name]?.();
    survived.set(name, (survived.get(name) ?? 0) + 1);
    await sleep(LTP > 0 ? random.below(4_000) : 200 + random.below(800));
  }
  await posting;
  passed('faults and posting');
  smtp.onPoint = () => {};
  await setDatabaseClock(database, 0);

  const store = await tempStore(t, { database, readonly: true });
  const sent = await untilQuiet(t, directory, store, exim, load);
  passed('at rest');
  const count = [...survived.values()].reduce((sum, one) => sum + one, 0);
  t.diagnostic(
    `${count} faults survived: ${[...survived].map(([name, n]) => `${n} ${name}`).join(', ')}; ${sent} reports`,
  );

  // The process that answers may have been the last to be killed.
  let status = 0;
  for (const end = Date.now() + QUIET_MS; status !== 200 && Date.now() < end; await sleep(100))
    status = await fetch(`http://127.0.0.1:${port}/readyz`).then(
      (answer) => answer.status,
      () => 0,
    );
  assert.equal(status, 200);
  if (load.series !== null) assert.equal(sent, load.series);
  assert.deepEqual(await countOutgoing(store.db), sent === 0 ? [] : [{ state: 'sent', count: sent }]);
  t.diagnostic(`series: ${JSON.stringify(await countSeries(store.db))}`);
  assert.deepEqual(
    [...(await arrived(exim)).values()],
    Array.from({ length: sent }, () => 1),
  );
  for (const member of members)
    assert.equal(await member.stop(), 0, `${member.name} ends in order: ${member.log().slice(-3_000)}`);
  // What a killed process had started ends by itself.
  for (const end = Date.now() + 60_000; processesOf(directory).length > 0 && Date.now() < end; ) await sleep(100);
  assert.deepEqual(processesOf(directory), []);
  assert.deepEqual(leftovers(directory, disk.outside), []);

  const calmly = repo.bare();
  const calm = await calmRun(t, { ...config, database: null, web: null }, servers, calmly, store, load);
  passed('the calm run');
  // Of a real list a version may have been answered before the next one came, which in peace come together.
  const keys = load.series === null ? await mirroredIn(calm.db) : null;
  assert.equal(await derivedState(store.db, keys), await derivedState(calm.db, keys));
  assert.deepEqual(await outcomes(store.db, servers.published, keys), await outcomes(calm.db, calmly, keys));
});

/** Waits until all that was posted has been taken in, worked on and answered, and the answers have come back. @returns how many answers */
async function untilQuiet(t: TestContext, directory: string, store: Store, exim: Exim, load: Load): Promise<number> {
  let told = '';
  // However long it takes: what is stuck no longer moves.
  for (let end = Date.now() + QUIET_MS; Date.now() < end; await sleep(500)) {
    const { messages } = await messageCount(store.db);
    const jobs = await pendingJobs(store.db);
    const outbox = await countOutgoing(store.db);
    const open = outbox.filter(({ state }) => state !== 'sent');
    const sent = outbox.find(({ state }) => state === 'sent')?.count ?? 0;
    const wanted = load.messages + Math.max(sent, load.series ?? 0);
    const now = JSON.stringify({ messages, wanted, jobs, outbox, arrived: (await arrived(exim)).size });
    if (now !== told) end = Date.now() + QUIET_MS;
    told = now;
    if (messages >= wanted && jobs.length === 0 && open.length === 0) return sent;
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

/** What processes in order leave none of; that of killed ones is removed as they start again, or with the next use of the repository. */
function leftovers(directory: string, disk: string): readonly string[] {
  const everywhere = [directory, disk].flatMap((place) => readdirSync(place, { recursive: true, encoding: 'utf8' }));
  const ofMoment = everywhere.filter((name) => name.endsWith('.lock'));
  return [...ofMoment, ...readdirSync(momentOf(directory))];
}

/** One process in peace on SQLite, over the same mailbox; it says nothing. */
async function calmRun(
  t: TestContext,
  config: Config,
  at: { upstream: string },
  published: string,
  chaos: Store,
  load: Load,
): Promise<Store> {
  const directory = tempDir(t);
  const projects = config.projects.map((project) => ({
    ...project,
    mode: 'shadow' as const,
    git: project.git === null ? null : { ...project.git, upstream: at.upstream, publish: [published] },
  }));
  const member = startMember(directory, { ...config, projects, smtp: null }, 'calm', 'all');
  t.after(() => member.kill9());
  const wanted = await messageCount(chaos.db);
  const [sent] = await countOutgoing(chaos.db);
  const store = await openSoon(t, join(directory, 'calm'));
  let told = '';
  for (let end = Date.now() + QUIET_MS; ; await sleep(300)) {
    const { messages } = await messageCount(store.db);
    const said = await countOutgoing(store.db);
    const now = JSON.stringify([messages, wanted, said]);
    if (now !== told) end = Date.now() + QUIET_MS;
    told = now;
    const done = messages === wanted.messages && (load.series === null || said[0]?.count === sent?.count);
    if (done && (await pendingJobs(store.db)).length === 0) break;
    assert.ok(Date.now() < end, `the calm run does not end: ${told}`);
  }
  assert.equal(await member.stop(), 0);
  return store;
}

async function openSoon(t: TestContext, directory: string): Promise<Store> {
  for (const end = Date.now() + 120_000; ; await sleep(200)) {
    try {
      return await tempStore(t, { directory, readonly: true });
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}

/** What came of every series: published commits, names, checks and what was said. */
async function outcomes(db: Db, published: string, keys: ReadonlySet<string> | null): Promise<unknown> {
  const mirrors = await db.selectFrom('mirror').select(['key', 'state', 'document']).orderBy('key').execute();
  const checks = await db.selectFrom('check_result').select(['key', 'context', 'patch', 'state', 'tree']).execute();
  const said = await db.selectFrom('outbox').select(['key', 'kind', 'outcome']).orderBy('key').execute();
  const old = await db.selectFrom('series').select('key').where('state', '=', 'superseded').execute();
  const counts = ({ key }: { readonly key: string }): boolean => keys === null || keys.has(key);
  return {
    mirrors: mirrors.filter(counts).map(({ document, key, state }) => {
      const { ref, acked, base, conflict } = JSON.parse(document) as MirrorResult;
      const what = old.some((one) => one.key === key) ? '%T' : '%H';
      const commits = ref === null ? [] : commitsOf(published, `${base?.commit}..${acked ?? ref}`, what);
      return { key, state, ref, base, conflict, commits };
    }),
    checks: checks
      .filter(counts)
      .map((row) => JSON.stringify(row))
      .toSorted(),
    said: said.filter(counts),
  };
}

/**
 * A tag that comes after its series was published is in the branch `…-acked`, and one that comes before it in the branch itself: where the
 * later of the two has the same ids, all tags are in place. A series that is superseded gets no more tags, so that only its trees count.
 */
function commitsOf(repository: string, range: string, what: '%T' | '%H'): readonly string[] {
  const args = ['--git-dir', repository, 'log', '--reverse', `--format=${what}`, range, '--'];
  return execFileSync('git', args, { encoding: 'utf8' }).trim().split('\n');
}

async function mirroredIn(db: Db): Promise<ReadonlySet<string>> {
  const rows = await db.selectFrom('mirror').select('key').execute();
  return new Set(rows.map(({ key }) => key));
}
