import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request as ask } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '../config/loader.ts';
import { openBot } from '../src/bot.ts';
import { takeIn } from '../src/intake.ts';
import { mboxSource } from '../src/source/mbox.ts';
import { listSeries } from '../src/store/series.ts';
import { openStore } from '../src/store/open.ts';
import { STORE_FILE } from '../src/store/sqlite-engine.ts';
import { silentLog } from '../src/util/log.ts';
import { asMbox, copyOf } from './growth.ts';
import { CORPUS, mailsOf } from './intake.ts';
import { type Route, webRoutes } from './web-routes.ts';

/** The LTP year is 4,920 mails: seven of it are 34,440. `PATCHLOOM_BENCH_COPIES=71` makes 349,320. */
const COPIES = Number(process.env['PATCHLOOM_BENCH_COPIES'] ?? 7);
/** A data directory that is kept and filled once, for many runs. */
const KEPT = process.env['PATCHLOOM_BENCH_DATA'];
const ROUNDS = 100;
/** Before them, unmeasured: so many, or as many as there is time for. A server runs for weeks; its first requests are those that its code is compiled for. */
const WARM = { rounds: 300, milliseconds: 4_000 } as const;
const FLOOD = { seconds: 20, perSecond: 200, atOnce: 100 } as const;

/** Pages and APIs on a large store in a process of its own, each beside the bare query in this run; then memory under a flood. */
export async function benchWeb(): Promise<void> {
  const mbox = join(CORPUS, 'ltp/ltp-2024.mbox.gz');
  if (!existsSync(mbox)) return console.log(`no corpus at ${CORPUS}: set PATCHLOOM_CORPUS`);
  const scratch = await mkdtemp(join(tmpdir(), 'patchloom-bench-'));
  try {
    const config = await fill(scratch, mbox);
    const store = await openStore({ directory: loadConfig(config, {}).data, readonly: true });
    const server = spawn(process.execPath, [join(import.meta.dirname, 'web-server.ts'), config], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    try {
      const url = await addressOf(server);
      const found = await listSeries(store.db, { limit: 2000 });
      const series = found.find(({ series: { patches } }) => patches.length >= 5)?.series;
      const routes = webRoutes('ltp', series?.msgid ?? '', series?.change ?? '');
      for (const route of routes) await compare(url, server.pid ?? 0, route, () => route.query(store.db));
      await firstByte(url, `/change/${encodeURIComponent(series?.change ?? '')}`);
      await flood(url, routes, server.pid ?? 0);
    } finally {
      server.stdin?.end();
      if (server.exitCode === null) await new Promise((resolve) => server.once('exit', resolve));
      await store.close();
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Takes the copies in, one after the other, so that one of them is in memory at a time. @returns path of a configuration */
async function fill(scratch: string, mbox: string): Promise<string> {
  const config = join(scratch, 'patchloom.yaml');
  const web = 'web: {listen: 127.0.0.1:0}';
  const data = KEPT ?? join(scratch, 'data');
  await writeFile(config, `bot: {email: bot@example.org}\ndata: ${data}\n${web}\nprojects:\n  ltp: {fallback: true}\n`);
  if (existsSync(join(data, STORE_FILE))) return config;
  const mails = await mailsOf(mbox);
  await using bot = await openBot(loadConfig(config, {}), { log: silentLog, readers: 1 });
  for (let copy = 0; copy < COPIES; copy += 1) {
    // A name of its own: a file in the place of one that was read to its end is that file, as far as a source can tell.
    const box = join(scratch, `copy-${copy}.mbox`);
    await writeFile(box, mails.map((mail) => asMbox(copyOf(mail, copy))).join(''), 'latin1');
    await takeIn(bot, mboxSource(box), { act: false, signal: new AbortController().signal });
    await rm(box);
  }
  // As `import` does after so many.
  await bot.store.upkeep();
  console.log(`${mails.length * COPIES} messages, node ${process.version}`);
  return config;
}

function addressOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    server.stdout?.once('data', (line: Buffer) => resolve(line.toString().trim()));
    server.once('exit', () => reject(new Error('the server has ended')));
  });
}

/** Time as it passes, and the processor's own, which other work on the machine does not change. */
async function compare(url: string, pid: number, route: Route, query: () => Promise<unknown>): Promise<void> {
  const get = () => request(url, route);
  // The first rounds compile code, and fetch pages of the store that all later ones find in memory.
  const until = performance.now() + WARM.milliseconds;
  for (let round = 0; round < WARM.rounds && performance.now() < until; round += 1) {
    await query();
    await get().catch(get);
  }
  const own = process.cpuUsage();
  const bare = await times(query);
  const { user, system } = process.cpuUsage(own);
  const bareCpu = (user + system) / 1000 / ROUNDS;
  // A connection that has waited for long may have been closed by the other side.
  await get().catch(get);
  const before = cpuMs(pid);
  const served = await times(get);
  const cpu = (cpuMs(pid) - before) / ROUNDS;
  const words = (ms: readonly number[]): string => `p50 ${at(ms, 0.5)} p95 ${at(ms, 0.95)}`;
  const p95 = (served[Math.floor(ROUNDS * 0.95)] ?? 0) / (bare[Math.floor(ROUNDS * 0.95)] ?? 1);
  const ratios = `p95 ${p95.toFixed(1)} x, cpu ${cpu.toFixed(1)} ms = ${(cpu / bareCpu).toFixed(1)} x`;
  console.log(`${route.name.padEnd(34)} served ${words(served)}  bare ${words(bare)}  ${ratios}`);
}

/** Until the first byte of a page's body is here. */
async function firstByte(url: string, path: string): Promise<void> {
  const all = await times(async () => {
    const answer = await fetch(url + path);
    const body = answer.body?.getReader();
    await body?.read();
    await body?.cancel();
  });
  console.log(`first byte of ${path}: p50 ${at(all, 0.5)} p95 ${at(all, 0.95)}`);
}

/** Milliseconds of processor time that a process has used; the kernel counts in hundredths of a second. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Milliseconds of each round, sorted. */
async function times(act: () => Promise<unknown>): Promise<readonly number[]> {
  const all: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    await act();
    all.push(performance.now() - start);
  }
  return all.toSorted((one, other) => one - other);
}

function at(sorted: readonly number[], part: number): string {
  return `${(sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(1)} ms`.padStart(9);
}

let asked = 0;
const AGENT = new Agent({ keepAlive: true, maxSockets: FLOOD.atOnce });

/** Asks as a browser does, for a packed page, and lets the bytes go: what a client does with them is not the server's. @returns the status */
function request(url: string, { method, path }: Pick<Route, 'method' | 'path'>): Promise<number> {
  // Each from another address behind a proxy, so that nobody is told to wait.
  asked += 1;
  const headers = { 'X-Forwarded-For': `192.0.2.${asked % 250}, ${asked}`, 'Accept-Encoding': 'gzip' };
  return new Promise((resolve, reject) => {
    const one = ask(url + path, { method, headers, agent: AGENT }, (answer) => {
      answer.once('end', () => resolve(answer.statusCode ?? 0)).once('error', reject);
      answer.resume();
    });
    one.once('error', reject).end();
  });
}

/** Asks for lists in turn, so many times a second, and looks at the server's memory. With so many unanswered, nobody asks more. */
async function flood(url: string, all: readonly Route[], pid: number): Promise<void> {
  const routes = all.filter(({ light }) => light);
  const total = FLOOD.seconds * FLOOD.perSecond;
  const running = new Set<Promise<void>>();
  const statuses: number[] = [];
  const memory: number[] = [];
  const start = performance.now();
  for (let count = 0; count < total; count += 1) {
    const route = routes[count % routes.length];
    if (route === undefined) continue;
    const one = request(url, route).then((status) => {
      statuses.push(status);
      running.delete(one);
    });
    running.add(one);
    if (running.size >= FLOOD.atOnce) await Promise.race(running);
    if (count % FLOOD.perSecond === 0) memory.push(residentMB(pid));
    const due = start + (count / FLOOD.perSecond) * 1000;
    if (performance.now() < due) await sleep(due - performance.now());
  }
  await Promise.all(running);
  const failed = statuses.filter((status) => status !== 200).length;
  const seconds = (performance.now() - start) / 1000;
  memory.push(residentMB(pid));
  console.log(
    `${total} requests at ${FLOOD.perSecond}/s, answered at ${Math.round(total / seconds)}/s, ${failed} failed; MB: ${memory.join(' ')}`,
  );
}

function residentMB(pid: number): number {
  const [, kB = '0'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kB) / 1024);
}
