import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseMessage } from '../src/mail/parse.ts';
import { PAGE_PATCHES } from '../src/service-pages.ts';
import { factsOf } from '../src/store/facts.ts';
import { openStore, type Store } from '../src/store/open.ts';
import { countFound, searchSeries } from '../src/store/search.ts';
import { replaceSeries, seriesOfChange } from '../src/store/series.ts';
import { systemClock } from '../src/util/clock.ts';
import { silentLog } from '../src/util/log.ts';
import { createMetrics } from '../src/web/metrics.ts';
import { parseSearch, searchQuery } from '../src/web/search-language.ts';
import { createWeb } from '../src/web/web.ts';
import { NO_APIS } from '../test/helpers/web.ts';
import { copyOf } from './growth.ts';
import { CORPUS, importInto, mailsOf } from './intake.ts';

/** 4,922 mails each: 35,000 in all. */
const YEARS = 7;
const ROUNDS = 60;

/**
 * Pages beside the bare query behind each of them, in one process: p50 and p95. `npm run bench -- pages` reads seven LTP years of 35,000
 * mails; PATCHLOOM_BENCH_SERIES=10 then puts ten times as many series beside them, as 350,000 mails would have.
 */
export async function benchPages(): Promise<void> {
  const mbox = join(CORPUS, 'ltp/ltp-2024.mbox.gz');
  if (!existsSync(mbox)) return console.log(`no corpus at ${CORPUS}: set PATCHLOOM_CORPUS`);
  const scratch = await mkdtemp(join(tmpdir(), 'patchloom-bench-'));
  try {
    const mails = await mailsOf(mbox);
    const file = join(scratch, 'years.mbox');
    const copies = Array.from({ length: YEARS }, (_, copy) => mails.map((mail) => copyOf(mail, copy))).flat();
    await writeFile(file, copies.map((text) => `From x Thu Jan  1 00:00:00 2026\n${text}\n`).join(''), 'latin1');
    const directory = join(scratch, 'store');
    await importInto(directory, file, 0);
    const store = await openStore({ directory });
    try {
      await measure(store, `${copies.length} mails`);
      const times = Number(process.env['PATCHLOOM_BENCH_SERIES'] ?? 1);
      if (times > 1) {
        await multiply(store, times);
        await measure(store, `series of ${copies.length * times} mails`);
      }
    } finally {
      await store.close();
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Puts copies of all series beside them, each a change of its own in a component of its own. */
async function multiply(store: Store, times: number): Promise<void> {
  const query = searchQuery([], null, 'newest');
  const all = await searchSeries(store.db, { ...query, latest: false }, { limit: 1_000_000, after: null });
  for (let copy = 1; copy < times; copy += 1)
    await store.transaction(async (tx) => {
      for (const [at, { series, tags, readiness }] of all.entries()) {
        const named = {
          change: `${series.change}-${copy}`,
          key: `${copy}${series.key.slice(1)}`,
          posted: series.posted - copy * 1000,
        };
        await replaceSeries(tx, copy * 10_000_000 + at, [{ series: { ...series, ...named }, tags, readiness }], []);
      }
    });
}

async function measure(store: Store, what: string): Promise<void> {
  const { db } = store;
  const clock = { now: () => Date.parse('2024-12-20T12:00:00Z') };
  const app = createWeb({
    store,
    templatesDirectory: resolve(import.meta.dirname, '../templates/web'),
    facts: { bot: 'bench', version: '0', projects: [], sources: [] },
    apis: NO_APIS,
    readMessage: parseMessage,
    patches: PAGE_PATCHES,
    queries: [],
    health: () => ({ checks: [] }),
    metrics: createMetrics(store, systemClock).registry,
    // Stands still for ages and plots, and goes on for the limits on searches.
    clock: { now: () => clock.now() + performance.now() * 1000 },
    log: silentLog,
  });
  const every = searchQuery([], null, 'newest');
  console.log(`${what}: ${await countFound(db, every, 1_000_000)} changes`);
  const get = async (path: string): Promise<void> => {
    const answer = await app.request(path);
    await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  };
  const list = (q: string) => ({
    page: () => get(`/series?q=${encodeURIComponent(q)}`),
    query: async () => {
      const query = searchQuery(parseSearch(q, { me: '', now: clock.now() }), null, 'newest');
      await searchSeries(db, query, { limit: 51, after: null });
      await countFound(db, query, 10_001);
    },
  });
  const [some] = await searchSeries(db, every, { limit: 1, after: null });
  if (some === undefined) return;
  const { change, project } = some.series;
  const patch = some.series.patches[0]?.msgid.slice(1, -1) ?? '';
  const cases = {
    list: list(''),
    'search: a common word': list('test'),
    'search: a rare word': list('landlock'),
    'search: author, path, not has': list('author:petr path:testcases/kernel -has:tags'),
    'search: reviewer, age': list('reviewer:cyril age:<90d'),
    overview: { page: () => get('/'), query: list('').query },
    change: {
      page: () => get(`/change/${encodeURIComponent(change)}`),
      query: async () => {
        for (const one of await seriesOfChange(db, change, project)) await factsOf(db, one);
      },
    },
    patch: { page: () => get(`/patch/${encodeURIComponent(patch)}`), query: () => seriesOfChange(db, change, project) },
  };
  for (const [name, { page, query }] of Object.entries(cases)) {
    const [pages, queries] = [await times(page), await times(query)];
    const ms = ([p50, p95]: readonly [number, number]): string =>
      `${p50.toFixed(1).padStart(7)} ${p95.toFixed(1).padStart(7)} ms`;
    console.log(
      `${name.padEnd(32)} page ${ms(pages)}   query ${ms(queries)}   ${(pages[1] / queries[1]).toFixed(1)} x at p95`,
    );
  }
}

/** Milliseconds of the median and of the slowest twentieth, after some runs that do not count. */
async function times(run: () => Promise<unknown>): Promise<readonly [number, number]> {
  for (let round = 0; round < 5; round += 1) await run();
  const taken: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    await run();
    taken.push(performance.now() - start);
  }
  const sorted = taken.toSorted((a, b) => a - b);
  return [sorted[Math.floor(ROUNDS * 0.5)] ?? 0, sorted[Math.floor(ROUNDS * 0.95)] ?? 0];
}
