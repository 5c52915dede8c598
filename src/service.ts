import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/config.ts';
import type { Observer, Span } from '../handlers/context.ts';
import { SEND_POLICY, sendNext } from '../handlers/report-decided.ts';
import { reconsiderGates } from '../handlers/mirror-published.ts';
import { UPSTREAM_EVERY_MS, watchUpstreams } from '../handlers/tick.ts';
import { type Bot, LETTERS, openBot, STAGES } from './bot.ts';
import { followSource } from './intake.ts';
import { type ReadMarks, readMarks } from './read-marks.ts';
import { maildirSource } from './source/maildir.ts';
import { mboxSource } from './source/mbox.ts';
import { publicInboxSource } from './source/public-inbox.ts';
import { imapSource, type Source } from './source/source.ts';
import { describeError } from './util/errors.ts';
import type { Log } from './util/log.ts';
import { placesOf } from './runners.ts';
import { startWeb } from './service-web.ts';
import { keepPulse } from './store/pulses.ts';
import { createMetrics, type Metrics } from './web/metrics.ts';
import { work } from './worker.ts';

const SEND_POLL_MS = 500;
const GATE_EVERY_MS = 30_000;
const PULSE_EVERY_MS = 30_000;
/** What is still running so long after the signal is left to the lease. */
const STOP_MS = 4_000;

/** What the service sees of its sources while it runs. */
interface Watched {
  /** Last fault of each source; null where it works. */
  readonly sourceErrors: Map<string, string | null>;
  /** Until when the mail of each source is known to have been read and stored, epoch ms. */
  readonly readAt: Map<string, number>;
}

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
  const watched: Watched = { sourceErrors: new Map(), readAt: new Map() };
  // Without a source no mail can be looked for: nothing is known to have been read, ever.
  const readAt = (): number =>
    config.sources.length === 0 ? 0 : Math.min(...config.sources.map(({ name }) => watched.readAt.get(name) ?? 0));
  await using bot = await openBot(config, { log, serve: true, observer: observerOf(meter), readAt });
  const metrics = createMetrics(bot.store, bot.clock);
  meter.metrics = metrics;
  const web = await startWeb(bot, metrics);
  log.info({ config: config.file, data: config.data, url: web?.url ?? null, modes: modesOf(config) }, 'serving');
  onReady?.(web?.url ?? null);
  const policy = { ...SEND_POLICY, lookMs: config.limits.listDelay * 1_000 };
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
      while (!signal.aborted && (await sendNext(bot, policy)));
    }),
    every(PULSE_EVERY_MS, log, signal, () => keepPulses(bot, watched)),
    every(GATE_EVERY_MS, log, signal, () => reconsiderGates(bot)),
    every(UPSTREAM_EVERY_MS, log, signal, () => watchUpstreams(bot)),
  ];
  await untilAborted(signal);
  await Promise.race([Promise.allSettled(loops), sleep(STOP_MS, undefined, { ref: false })]);
  await web?.close();
  log.info('stopped');
}

function observerOf(meter: { readonly metrics: Metrics | null }): Observer {
  const seconds = ({ started, ended }: Span): number => (ended - started) / 1000;
  return {
    stored: (_msgids, span) => meter.metrics?.intakeSeconds.observe(seconds(span)),
    worked: ({ kind }, span) =>
      meter.metrics?.jobSeconds.observe({ kind, result: span.fault === null ? 'done' : 'failed' }, seconds(span)),
    checked: ({ project }, { state }) => meter.metrics?.runsFinished.inc({ project, state }),
    sent: ({ project, kind }) => meter.metrics?.mailsSent.inc({ project, kind }),
    unsent: ({ project }, result) => meter.metrics?.sendFailures.inc({ project, result }),
  };
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
  const marks = readMarks((at) => watched.readAt.set(source.name, at));
  await followSource(bot, openSource(source, bot, marks), pollMs, {
    act: true,
    signal,
    marks,
    onState: (error) => {
      watched.sourceErrors.set(source.name, error);
      if (error !== null) metrics.sourceErrors.inc({ source: source.name });
    },
    onBatch: (summary) => {
      metrics.mailsStored.inc({ source: source.name }, summary.added);
      metrics.duplicates.inc({ source: source.name }, summary.duplicates);
    },
  });
}

function openSource(source: Config['sources'][number], { log, clock }: Bot, marks: ReadMarks): Source {
  switch (source.kind) {
    case 'imap':
      return imapSource(source, log, { now: () => clock.now(), caughtUp: (at) => marks.mark(at) });
    case 'mbox':
      return mboxSource(source.path, source.name);
    case 'maildir':
      return maildirSource(source.path, source.name);
    case 'public-inbox':
      return publicInboxSource(source.path, source.name);
  }
}

/** Signs of life of the sources that this process reads. */
async function keepPulses({ config, store, clock }: Bot, { sourceErrors }: Watched): Promise<void> {
  await store.transaction(async (tx) => {
    for (const { name } of config.sources) {
      const error = sourceErrors.get(name) ?? null;
      await keepPulse(tx, { name: `source ${name}`, error, every: PULSE_EVERY_MS, at: clock.now() });
    }
  });
}

/** Repeats `act` until the signal fires; a fault is logged, not fatal. */
async function every(milliseconds: number, log: Log, signal: AbortSignal, act: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    try {
      await act();
    } catch (error) {
      log.error(describeError(error));
    }
    await sleep(milliseconds, undefined, { signal }).catch(() => {});
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
