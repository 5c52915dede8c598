import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Config } from '../config/config.ts';
import { openStore, type Store } from '../src/store/open.ts';
import { exec } from '../src/util/exec.ts';
import { startDovecot } from '../test/helpers/dovecot.ts';
import { startExim } from '../test/helpers/exim.ts';
import { type GitRepo, gitRepo } from '../test/helpers/git-repo.ts';
import { postgresPrograms, startPostgres } from '../test/helpers/postgres.ts';
import { freePort } from '../test/helpers/server.ts';
import { BOT, clusterConfig, filesFor, post, seriesMails } from '../test/e2e/cluster-list.ts';
import { type Member, startMember } from '../test/e2e/cluster.ts';
import { drawSoak, trendOf, WARM_UP } from './soak-plot.ts';

/** 120 is what a release is held to. */
const MINUTES = Number(process.env['PATCHLOOM_SOAK_MINUTES'] ?? 3);
/** Where the figures and the plot go. */
const OUT = process.env['PATCHLOOM_SOAK_OUT'] ?? 'soak';
const SERIES_EVERY_MS = 5_000;
const BASE_EVERY_MS = 60_000;
const REQUEST_EVERY_MS = 500;
/** So long after its posting a series is committed: what is open stays as much as it is, as on a real list. */
const OPEN_MS = 180_000;
/** One series in so many does not apply, and stays open. */
const CONFLICT_EVERY = 20;
/** As `serve` has it: no process is going to die. */
const LEASE_MS = 30_000;
const SAMPLE_EVERY_MS = Math.min(15_000, MINUTES * 1_500);
const PAGES = [
  '/',
  '/series',
  '/series?q=state:complete',
  '/patch/s0-1%40example.org',
  '/message/s0-1%40example.org/raw',
  '/plots',
  '/api/v1/series',
  '/metrics',
];

/** One look at everything. Latencies in seconds, memory and disk in MiB. */
export interface Sample {
  readonly minute: number;
  readonly values: Readonly<Record<string, number>>;
}

/**
 * Hours of steady load on a small cluster with real servers: a series with a review each 5 seconds, all of it answered on the list; each minute what was
 * posted three minutes ago is committed; two requests a second. Says whether memory, handles and latencies stay as they are.
 */
export async function benchSoak(): Promise<void> {
  if (postgresPrograms() === null) return console.log('PostgreSQL is not installed');
  mkdirSync(OUT, { recursive: true });
  const all = Math.ceil((MINUTES * 60_000) / SERIES_EVERY_MS) + 1;
  await using repo = await gitRepo();
  filesFor(
    repo,
    Array.from({ length: all }, (_, number) => nameOf(number)),
  );
  const upstream = repo.bare();
  await using postgres = await startPostgres({ durable: true });
  await using exim = await startExim({ lists: { dev: [BOT] } });
  await using dovecot = await startDovecot({ maildir: exim.maildir });
  const database = await postgres.create();
  const store = await openStore({ directory: repo.beside('store'), database });
  const port = await freePort();
  const config: Config = {
    ...clusterConfig({ imap: dovecot.port, smtp: exim.port, upstream, published: repo.bare() }),
    database,
    web: { host: '127.0.0.1', port, url: null, tokens: [], operator: null, queries: [] },
  };
  const place = repo.beside('cluster');
  const roles = ['intake', 'worker', 'worker', 'web'] as const;
  const members = roles.map((role, at) => startMember(place, config, `${role}-${at}`, role, { leaseMs: LEASE_MS }));
  const stop = new AbortController();
  // Ends in order before its time, and tells what there is.
  process.once('SIGINT', () => stop.abort());
  const traffic = { accepted: new Map<string, number>(), web: [] as number[], refused: new Map<string, number>() };
  const open: { readonly name: number; readonly at: number }[] = [];
  const loads = [
    every(SERIES_EVERY_MS, stop.signal, async (number) => {
      const name = nameOf(number);
      for (const raw of seriesMails(name)) await post(exim.port, raw);
      traffic.accepted.set(`<s${name}-0@example.org>`, Date.now());
      if (applies(number)) open.push({ name, at: Date.now() });
    }),
    every(BASE_EVERY_MS, stop.signal, async (number) => {
      repo.commit({ news: `${number}\n` }, `News ${number}`);
      while ((open[0]?.at ?? Number.POSITIVE_INFINITY) < Date.now() - OPEN_MS)
        commitSeries(repo, open.shift()?.name ?? 0);
      repo.git('push', '--quiet', upstream, 'main');
    }),
    every(REQUEST_EVERY_MS, stop.signal, async (number) => {
      const started = performance.now();
      const page = PAGES[number % PAGES.length];
      const answer = await fetch(`http://127.0.0.1:${port}${page}`).catch(() => null);
      await answer?.arrayBuffer();
      traffic.web.push((performance.now() - started) / 1000);
      const refused = `${page}: ${answer?.status ?? 'no answer'}`;
      if (answer?.status !== 200) traffic.refused.set(refused, (traffic.refused.get(refused) ?? 0) + 1);
    }),
  ];
  try {
    const samples = await watch(store, members, place, traffic, stop.signal);
    stop.abort();
    await Promise.all(loads);
    tell(samples, traffic.refused);
  } finally {
    stop.abort();
    for (const member of members) await member.stop();
    await store.close();
  }
}

/** Number of a series in `seriesMails`, of which each third does not apply. */
function nameOf(number: number): number {
  return 3 * number + (applies(number) ? 0 : 2);
}

function applies(number: number): boolean {
  return number % CONFLICT_EVERY !== CONFLICT_EVERY - 1;
}

/** As a committer does who takes it from the list, and now: what was committed long before it was posted is something else. */
function commitSeries(repo: GitRepo, name: number): void {
  const now = { GIT_COMMITTER_DATE: new Date().toISOString() };
  for (const raw of seriesMails(name).slice(1, 3)) {
    const { code, stderr } = repo.run(['am', '--quiet'], raw, now);
    if (code !== 0) throw new Error(`git am: ${stderr}`);
  }
}

/** Does a thing at a steady rate; one that is late is not made up for. */
async function every(ms: number, signal: AbortSignal, act: (number: number) => Promise<void>): Promise<void> {
  for (let number = 0; !signal.aborted; number += 1) {
    const started = Date.now();
    await act(number);
    await sleep(Math.max(0, ms - (Date.now() - started)), undefined, { signal }).catch(() => {});
  }
}

interface Traffic {
  readonly accepted: Map<string, number>;
  web: number[];
  /** How often a page was answered with something else than 200. */
  readonly refused: Map<string, number>;
}

async function watch(
  store: Store,
  members: readonly Member[],
  place: string,
  traffic: Traffic,
  signal: AbortSignal,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  const file = join(OUT, 'soak.tsv');
  const started = Date.now();
  let since = started;
  const live: (readonly number[])[] = [];
  const warm = MINUTES * 60_000 * WARM_UP;
  while (Date.now() - started < MINUTES * 60_000 && !signal.aborted) {
    await sleep(SAMPLE_EVERY_MS, undefined, { signal }).catch(() => {});
    const values: Record<string, number> = {};
    for (const member of members) Object.assign(values, await processValues(member));
    Object.assign(values, await storeValues(store, traffic, since));
    since = Date.now();
    Object.assign(values, latencies('web', traffic.web));
    traffic.web = [];
    values['load'] = loadavg()[0] ?? Number.NaN;
    values['files'] = Number((await exec('du', ['-sm', place])).stdout.toString().split('\t')[0]);
    const sample = { minute: (Date.now() - started) / 60_000, values };
    if (samples.length === 0) writeFileSync(file, `${['minute', ...Object.keys(values)].join('\t')}\n`);
    appendFileSync(file, `${[sample.minute, ...Object.values(values)].map((value) => value.toFixed(3)).join('\t')}\n`);
    samples.push(sample);
    writeFileSync(join(OUT, 'soak.svg'), drawSoak(samples));
    if (live.length === 0 && Date.now() - started > warm) live.push(await liveOf(members));
  }
  live.push(await liveOf(members));
  console.log('MiB alive after a collection, at the end of the warm-up and of the run');
  for (const [at, { name }] of members.entries())
    console.log(`${name.padEnd(24)} ${live.map((values) => values[at]?.toFixed(1).padStart(9)).join(' ')}`);
  return samples;
}

async function liveOf(members: readonly Member[]): Promise<readonly number[]> {
  const values: number[] = [];
  for (const member of members) values.push(await member.liveMemory());
  return values;
}

async function processValues(member: Member): Promise<Record<string, number>> {
  const at = `/proc/${member.pid()}`;
  const status = await readFile(`${at}/status`, 'utf8');
  const handles = await readdir(`${at}/fd`);
  const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
  return {
    [`memory ${member.name}`]: field('VmRSS') / 1024,
    [`handles ${member.name}`]: handles.length,
    [`threads ${member.name}`]: field('Threads'),
  };
}

async function storeValues(store: Store, { accepted }: Traffic, since: number): Promise<Record<string, number>> {
  const { db } = store;
  const mirrored = await db
    .selectFrom('mirror')
    .innerJoin('series', (on) =>
      on.onRef('series.key', '=', 'mirror.key').onRef('series.project', '=', 'mirror.project'),
    )
    .select(['series.msgid', 'mirror.last_at'])
    .where('mirror.last_at', '>=', since)
    .execute();
  // A base that moves has series tried again; only the first time is from mail to branch.
  const waits = mirrored.flatMap(({ msgid, last_at }) => {
    const at = accepted.get(msgid);
    accepted.delete(msgid);
    return at === undefined ? [] : [Math.max(0, last_at - at) / 1000];
  });
  const jobs = await db.selectFrom('job').select(sql<number>`count(*)`.as('count')).executeTakeFirstOrThrow();
  const open = await db
    .selectFrom('posting')
    .select(sql<number>`count(*)`.as('count'))
    .where('kind', '=', 'patch')
    .where('state', '<>', 'accepted')
    .executeTakeFirstOrThrow();
  const size = await sql<{ size: number }>`select pg_database_size(current_database()) as size`.execute(db);
  return {
    ...latencies('branch', waits),
    jobs: jobs.count,
    'open patches': open.count,
    database: Number(size.rows[0]?.size) / 2 ** 20,
  };
}

function latencies(name: string, seconds: readonly number[]): Record<string, number> {
  const sorted = seconds.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
  return { [`${name} median`]: at(0.5), [`${name} 95 %`]: at(0.95) };
}

function tell(samples: readonly Sample[], refused: ReadonlyMap<string, number>): void {
  console.log(`${samples.length} samples in ${samples.at(-1)?.minute.toFixed(1)} minutes`);
  for (const [what, times] of refused) console.log(`${times} times ${what}`);
  for (const name of Object.keys(samples[0]?.values ?? {})) {
    const { first, last, perHour, verdict } = trendOf(samples, name);
    const [from, to, slope] = [first, last, perHour].map((value) => value.toFixed(2).padStart(9));
    console.log(`${name.padEnd(24)} ${from} ${to}  ${slope} an hour  ${verdict}`);
  }
}
