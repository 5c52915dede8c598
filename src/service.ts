import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/config.ts';
import type { Observer } from '../handlers/context.ts';
import { sendNext } from '../handlers/report-decided.ts';
import { reconsiderGates } from '../handlers/mirror-published.ts';
import { watchUpstreams } from '../handlers/tick.ts';
import { Bell } from './bell.ts';
import { type Bot, LETTERS, openBot, STAGES } from './bot.ts';
import { followSource } from './intake.ts';
import { maildirSource } from './source/maildir.ts';
import { mboxSource } from './source/mbox.ts';
import { publicInboxSource } from './source/public-inbox.ts';
import { imapSource, type Source } from './source/source.ts';
import { describeError } from './util/errors.ts';
import type { Log } from './util/log.ts';
import { placesOf } from './runners.ts';
import { startWeb, type Watched } from './service-web.ts';
import { createMetrics, type Metrics } from './web/metrics.ts';
import { work } from './worker.ts';

const SEND_POLL_MS = 500;
const FETCH_EVERY_MS = 600_000;
const GATE_EVERY_MS = 30_000;
/** What is still running so long after the signal is left to the lease. */
const STOP_MS = 4_000;

/**
 * Runs the whole bot until the signal fires: every source, the workers, the sender, the web page.
 * @throws PatchloomError where it cannot start; faults later are logged and tried again
 */
export async function runService(
  config: Config,
  log: Log,
  signal: AbortSignal,
  onReady?: (url: string | null) => void,
): Promise<void> {
  // The metrics read the store, which the bot opens, which wants its observer first.
  const meter: { metrics: Metrics | null } = { metrics: null };
  const watched: Watched = { sourceErrors: new Map(), readAt: new Map(), lastMailAt: null };
  const readAt = (): number => Math.min(...config.sources.map((source) => readUntil(source, watched)));
  await using bot = await openBot(config, { log, serve: true, observer: observerOf(meter), readAt });
  const metrics = createMetrics(bot.store, bot.clock);
  meter.metrics = metrics;
  const upstream = new Bell();
  const web = await startWeb(bot, watched, metrics, () => upstream.ring());
  log.info({ config: config.file, data: config.data, url: web?.url ?? null, modes: modesOf(config) }, 'serving');
  onReady?.(web?.url ?? null);
  const loops = [
    ...config.sources.map((source) => readSource(bot, source, watched, metrics, signal)),
    work(
      bot,
      { mirror: STAGES.mirror, tags: STAGES.tags, build: STAGES.build, report: STAGES.report, note: STAGES.note },
      signal,
    ),
    work(bot, LETTERS, signal),
    ...Array.from({ length: placesOf(config) }, () => work(bot, { run: STAGES.run }, signal)),
    every(SEND_POLL_MS, log, signal, async () => {
      while (!signal.aborted && (await sendNext(bot)));
    }),
    every(GATE_EVERY_MS, log, signal, () => reconsiderGates(bot)),
    every(FETCH_EVERY_MS, log, signal, () => watchUpstreams(bot), upstream),
  ];
  await untilAborted(signal);
  await Promise.race([Promise.allSettled(loops), sleep(STOP_MS, undefined, { ref: false })]);
  await web?.close();
  log.info('stopped');
}

function observerOf(meter: { readonly metrics: Metrics | null }): Observer {
  return {
    checked: ({ project }, { state }) => meter.metrics?.runsFinished.inc({ project, state }),
    sent: ({ project, kind }) => meter.metrics?.mailsSent.inc({ project, kind }),
  };
}

/** A mailbox that pushes (IMAP) is read as far as now while it has no fault; a place that is polled, to the end of its last reading. */
function readUntil({ name, kind }: Config['sources'][number], watched: Watched): number {
  const read = watched.readAt.get(name) ?? 0;
  const works = watched.sourceErrors.get(name) === null;
  return kind === 'imap' && works ? Number.POSITIVE_INFINITY : read;
}

function modesOf(config: Config): Readonly<Record<string, string>> {
  return Object.fromEntries(config.projects.map((project) => [project.name, project.mode]));
}

async function readSource(
  bot: Bot,
  source: Config['sources'][number],
  watched: Watched,
  metrics: Metrics,
  signal: AbortSignal,
): Promise<void> {
  const pollMs = source.kind === 'imap' ? 1_000 : source.poll * 1_000;
  await followSource(bot, openSource(source, bot.log), pollMs, {
    act: true,
    signal,
    onState: (error) => {
      watched.sourceErrors.set(source.name, error);
      if (error === null) watched.readAt.set(source.name, bot.clock.now());
      if (error !== null) metrics.sourceErrors.inc({ source: source.name });
    },
    onBatch: (summary) => {
      metrics.mailsStored.inc({ source: source.name }, summary.added);
      metrics.duplicates.inc({ source: source.name }, summary.duplicates);
      if (summary.added > 0) watched.lastMailAt = bot.clock.now();
    },
  });
}

function openSource(source: Config['sources'][number], log: Log): Source {
  switch (source.kind) {
    case 'imap':
      return imapSource(source, log);
    case 'mbox':
      return mboxSource(source.path);
    case 'maildir':
      return maildirSource(source.path);
    case 'public-inbox':
      return publicInboxSource(source.path);
  }
}

/** Repeats `act` until the signal fires, and at once when the bell rings; a fault is logged, not fatal. */
async function every(
  milliseconds: number,
  log: Log,
  signal: AbortSignal,
  act: () => Promise<void>,
  bell = new Bell(),
): Promise<void> {
  while (!signal.aborted) {
    try {
      await act();
    } catch (error) {
      log.error(describeError(error));
    }
    await bell.wait(milliseconds, signal);
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
