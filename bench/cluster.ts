import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/loader.ts';
import { presetPath } from '../config/preset.ts';
import { openBot } from '../src/bot.ts';
import { takeIn } from '../src/intake.ts';
import { mboxSource } from '../src/source/mbox.ts';
import { claim, complete, enqueue } from '../src/store/jobs.ts';
import { openStore, type Store } from '../src/store/open.ts';
import { silentLog } from '../src/util/log.ts';
import { startDovecot } from '../test/helpers/dovecot.ts';
import { startExim } from '../test/helpers/exim.ts';
import { gitRepo } from '../test/helpers/git-repo.ts';
import { type Postgres, postgresPrograms, startPostgres } from '../test/helpers/postgres.ts';
import { clusterConfig, filesFor, post, seriesMails } from '../test/e2e/cluster-list.ts';
import { startMember } from '../test/e2e/cluster.ts';
import { CORPUS, mailsOf } from './intake.ts';
import { line } from './measure.ts';

/** So many series are posted one after the other. */
const SERIES = Number(process.env['PATCHLOOM_BENCH_SERIES'] ?? 40);
/** And so many lie in the mailbox before any process goes on. */
const BACKLOG = 2 * SERIES;
/** Of a series. */
const MAILS = 3;
/** Processes that stand still for a while keep what they have taken. */
const LEASE_MS = 600_000;
/** Before them, to warm up. */
const WARM = 16;
const LISTS = ['a', 'b', 'c', 'd'];
const JOBS = 1_000;

type Engine = 'SQLite' | 'PostgreSQL';

/** SQLite beside PostgreSQL: import of an archive, jobs, and from SMTP's yes to the published branch with 1, 2 and 4 workers. */
export async function benchCluster(): Promise<void> {
  if (postgresPrograms() === null) return console.log('PostgreSQL is not installed');
  const scratch = await mkdtemp(join(tmpdir(), 'patchloom-bench-'));
  try {
    await using postgres = await startPostgres({ durable: true });
    await imports(scratch, postgres);
    for (const processes of [1, 4]) await jobs(scratch, postgres, processes);
    for (const engine of ['SQLite', 'PostgreSQL'] as const)
      for (const workers of [1, 2, 4]) await journeys(scratch, postgres, engine, workers);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function imports(scratch: string, postgres: Postgres): Promise<void> {
  const mbox = join(CORPUS, 'ltp/ltp-2024.mbox.gz');
  if (!existsSync(mbox)) return console.log(`no corpus at ${CORPUS}: set PATCHLOOM_CORPUS`);
  const count = (await mailsOf(mbox)).length;
  let baseline: { name: string; seconds: number } | undefined;
  for (const engine of ['SQLite', 'PostgreSQL'] as const) {
    const data = join(scratch, `import-${engine}`);
    const database = engine === 'SQLite' ? null : await postgres.create();
    const started = performance.now();
    await using bot = await openBot(
      { ...loadConfig(presetPath('default'), {}, { data }), database },
      { log: silentLog, readers: 1 },
    );
    await takeIn(bot, mboxSource(mbox), { act: false, signal: new AbortController().signal });
    const seconds = (performance.now() - started) / 1000;
    console.log(line(`import: ${engine}`, count, seconds, baseline));
    baseline ??= { name: engine, seconds };
  }
}

/** Jobs claimed and completed by workers with connections of their own, in as many lanes as workers. */
async function jobs(scratch: string, postgres: Postgres, workers: number): Promise<void> {
  let baseline: { name: string; seconds: number } | undefined;
  for (const engine of ['SQLite', 'PostgreSQL'] as const) {
    const directory = join(scratch, `jobs-${engine}-${workers}`);
    const database = engine === 'SQLite' ? null : await postgres.create();
    const stores = await Promise.all(Array.from({ length: workers }, () => openStore({ directory, database })));
    await stores[0]?.transaction(async (tx) => {
      for (let n = 0; n < JOBS; n += 1)
        await enqueue(tx, { kind: 'k', key: String(n), payload: null, lane: `lane ${n % (2 * workers)}` }, 1);
    });
    const started = performance.now();
    await Promise.all(stores.map(drainJobs));
    const seconds = (performance.now() - started) / 1000;
    console.log(line(`jobs: ${engine}, ${workers} workers`, JOBS, seconds, baseline));
    baseline ??= { name: engine, seconds };
    for (const store of stores) await store.close();
  }
}

async function drainJobs(store: Store): Promise<void> {
  for (;;) {
    const job = await claim(store, { kinds: ['k'], leaseMs: 60_000, now: Date.now() });
    if (job === null) return;
    await store.transaction((tx) => complete(tx, job));
  }
}

/** One intake and so many workers; a project for each list, so that the workers have as many repositories. */
async function journeys(scratch: string, postgres: Postgres, engine: Engine, workers: number): Promise<void> {
  const directory = join(scratch, `journey-${engine}-${workers}`);
  await using repo = await gitRepo();
  filesFor(repo, Array(WARM + SERIES + BACKLOG).keys());
  await using exim = await startExim({ lists: Object.fromEntries(LISTS.map((name) => [name, ['bot@lists.test']])) });
  await using dovecot = await startDovecot({ maildir: exim.maildir });
  const base = clusterConfig({ imap: dovecot.port, smtp: exim.port, upstream: repo.bare(), published: repo.bare() });
  const [project] = base.projects;
  if (project?.git == null) throw new Error('no project');
  const { git } = project;
  const projects = LISTS.map((name) => ({
    ...project,
    name,
    mode: 'shadow' as const,
    lists: [`${name}@lists.test`],
    git: { ...git, publish: [repo.bare()] },
    build: { ...project.build, jobs: [] },
  }));
  const config: Config = {
    ...base,
    projects,
    smtp: null,
    database: engine === 'SQLite' ? null : await postgres.create(),
  };
  const roles = ['intake' as const, ...Array.from({ length: workers }, () => 'worker' as const)];
  // SQLite's file is in the data directory: one machine, one directory.
  const members = roles.map((role, at) =>
    startMember(directory, config, `${role}-${at}`, role, {
      leaseMs: LEASE_MS,
      ...(engine === 'SQLite' ? { place: 'shared' } : {}),
    }),
  );
  try {
    const store = await openSoon(join(directory, 'shared'), config.database);
    // Repositories are made with the first series, on each machine; that is not what is asked.
    await postSeries(exim.port, 0, WARM, 1);
    await untilMirrored(store, WARM);
    const steady = await postSeries(exim.port, WARM, SERIES, 1);
    await untilMirrored(store, WARM + SERIES);
    for (const member of members) member.freeze();
    const backlog = await postSeries(exim.port, WARM + SERIES, BACKLOG, LISTS.length);
    await untilDelivered(exim.maildir, MAILS * (WARM + SERIES + BACKLOG));
    const began = Date.now();
    for (const member of members) member.wake();
    await untilRead(store, MAILS * (WARM + SERIES + BACKLOG));
    const read = Date.now();
    await untilMirrored(store, WARM + SERIES + BACKLOG);
    const waits = (await mirroredAt(store, steady)).map(({ after }) => after).toSorted((a, b) => a - b);
    const at = (share: number): string => (waits[Math.floor((waits.length - 1) * share)] ?? 0).toFixed(2);
    const end = Math.max(...(await mirroredAt(store, backlog)).map(({ last }) => last));
    const rate = (count: number, until: number): string => ((count * 1000) / (until - began)).toFixed(1);
    console.log(
      `${`SMTP to branch: ${engine}, ${workers} workers`.padEnd(40)} median ${at(0.5)} s, 95 % ${at(0.95)} s; a backlog: ${rate(MAILS * BACKLOG, read)} mails/s read, ${rate(BACKLOG, end)} series/s mirrored`,
    );
    await store.close();
  } finally {
    for (const member of members) await member.stop();
  }
}

/** Posts series, each of three mails and to a list of its own in turn, so many at a time. @returns when the last mail of each was accepted, by the Message-ID of its cover */
async function postSeries(
  port: number,
  first: number,
  count: number,
  atOnce: number,
): Promise<ReadonlyMap<string, number>> {
  const accepted = new Map<string, number>();
  const lane = async (offset: number): Promise<void> => {
    for (let number = first + offset; number < first + count; number += atOnce) {
      const list = LISTS[number % LISTS.length] ?? '';
      for (const raw of seriesMails(number).slice(0, MAILS))
        await post(port, raw.replace('dev@lists.test', `${list}@lists.test`), `${list}@lists.test`);
      accepted.set(`<s${number}-0@example.org>`, Date.now());
    }
  };
  await Promise.all(Array.from({ length: atOnce }, (_, offset) => lane(offset)));
  return accepted;
}

/** The list manager has sent on all that was posted. */
function untilDelivered(maildir: string, count: number): Promise<void> {
  const mails = async (folder: string): Promise<number> => (await readdir(join(maildir, folder))).length;
  return untilThereAre(count, async () => (await mails('new')) + (await mails('cur')));
}

function untilRead(store: Store, count: number): Promise<void> {
  return untilThereAre(count, async () => (await store.db.selectFrom('message').select('id').execute()).length);
}

function untilMirrored(store: Store, count: number): Promise<void> {
  return untilThereAre(count, async () => (await store.db.selectFrom('mirror').select('key').execute()).length);
}

async function untilThereAre(count: number, many: () => Promise<number>): Promise<void> {
  const end = Date.now() + 300_000;
  while ((await many()) < count && Date.now() < end) await sleep(50);
}

/** When the series were mirrored, epoch ms, and so many seconds after they were accepted. */
async function mirroredAt(
  store: Store,
  accepted: ReadonlyMap<string, number>,
): Promise<readonly { readonly last: number; readonly after: number }[]> {
  const rows = await store.db
    .selectFrom('mirror')
    .innerJoin('series', (on) =>
      on.onRef('series.key', '=', 'mirror.key').onRef('series.project', '=', 'mirror.project'),
    )
    .select(['series.msgid', 'mirror.last_at'])
    .execute();
  return rows.flatMap(({ msgid, last_at }) => {
    const at = accepted.get(msgid);
    return at === undefined ? [] : [{ last: last_at, after: (last_at - at) / 1000 }];
  });
}

async function openSoon(directory: string, database: string | null): Promise<Store> {
  for (const end = Date.now() + 30_000; ; await sleep(200)) {
    try {
      return await openStore({ directory, database, readonly: true });
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}
