import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/config.ts';
import { SEND_POLICY, sendNext, type SendPolicy } from '../handlers/report-decided.ts';
import { sendDigests } from '../handlers/digest.ts';
import { longThreadGrown } from '../handlers/long-thread.ts';
import { reconsiderGates } from '../handlers/mirror-published.ts';
import { stopTeller } from '../handlers/stop-sending.ts';
import { upstreamHeard } from '../handlers/upstream-heard.ts';
import { UPSTREAM_EVERY_MS, watchUpstreams } from '../handlers/tick.ts';
import { tidyLogs } from '../handlers/tidy-logs.ts';
import { mailsWorded, wordOlderMails } from '../handlers/word-mails.ts';
import { noRoomFor } from './ci/build-directory.ts';
import { type Bot, LETTERS, openBot, STAGES } from './bot.ts';
import { every, onDuty } from './duty.ts';
import { checkSeal } from './store/seals.ts';
import { PatchloomError } from './util/errors.ts';
import type { Log } from './util/log.ts';
import { placesOf } from './runners.ts';
import type { Role } from './roles.ts';
import { serveSource } from './serve-intake.ts';
import { serveWebhook } from './serve-webhooks.ts';
import { serviceWatch } from './service-watch.ts';
import { startMetrics, startWeb } from './service-web.ts';
import type { ListenAt } from './web/listen.ts';
import { createMetrics, type Metrics, startAtZero } from './web/metrics.ts';
import { work } from './worker.ts';

const SEND_POLL_MS = 500;
const STOP_POLL_MS = 5_000;
const TIDY_EVERY_MS = 3_600_000;
const GATE_EVERY_MS = 30_000;
const DIGEST_EVERY_MS = 600_000;
/**
 * SQLite makes statistics anew where a table has grown tenfold. Without them it reads all mails of a project for the comments of one patch;
 * to find that nothing is due takes less than a millisecond. PostgreSQL would read a sample of every table, and does so by itself.
 */
const UPKEEP_EVERY_MS = { sqlite: 600_000, postgres: 6 * 3_600_000 };
const OLDER_MAILS_EVERY_MS = 6 * 3_600_000;
const SCHEMA_EVERY_MS = 15_000;
/** What is still running so long after the signal is left to the lease. */
const STOP_MS = 4_000;

export interface ServiceOptions {
  readonly log: Log;
  /** Ends the service in order. */
  readonly signal: AbortSignal;
  /** `all` by default. */
  readonly role?: Role;
  /** Where a process without pages tells its metrics; it tells none by default. */
  readonly metricsAt?: ListenAt | null;
  /** Is told the address of the web page, or null where there is none, once everything runs. */
  readonly onReady?: (url: string | null) => void;
  /** Times of sending; what stands in the configuration by default. */
  readonly sendPolicy?: SendPolicy;
  /** Milliseconds after which a job of a process that died is taken by another; see `work`. */
  readonly leaseMs?: number;
  /** Milliseconds between two looks whether a newer patchloom has taken the store, or its data has moved away; 15 s by default. */
  readonly schemaMs?: number;
}

/**
 * Runs the bot until the signal fires: every source, the workers, the sender, the web page, or the part of one role. Any number of
 * processes may serve one installation; what must be done once is done by one of them at a time.
 * @throws PatchloomError where it cannot start, STORE_NEWER once a newer patchloom has brought the schema further, and STORE_SEALED once the
 * data has moved away; other faults later are logged and tried again
 */
export async function runService(config: Config, options: ServiceOptions): Promise<void> {
  const { log, role = 'all', metricsAt = null, schemaMs = SCHEMA_EVERY_MS } = options;
  const outdated = new AbortController();
  const signal = AbortSignal.any([options.signal, outdated.signal]);
  const has = (part: Role): boolean => role === 'all' || role === part;
  const watch = serviceWatch();
  await using bot = await openBot(config, {
    log,
    serve: has('intake') ? 'intake' : 'beside',
    observer: watch.observer,
  });
  const metrics = createMetrics(bot.store, bot.clock);
  watch.meter(metrics);
  startAtZero(metrics, namesOf(config.projects), namesOf(config.sources));
  const tracing = config.log.traces === null ? null : await watch.trace(config.log.traces, bot);
  const web = has('web') ? await startWeb(bot, metrics) : null;
  const told = web === null && metricsAt !== null ? await startMetrics(bot, metrics, metricsAt) : null;
  log.info(
    {
      config: config.file,
      store: bot.store.place,
      role,
      url: web?.url ?? null,
      metrics: (web ?? told)?.url ?? null,
      modes: modesOf(config),
    },
    'serving',
  );
  options.onReady?.(web?.url ?? null);
  const loops = [
    ...(has('intake') ? intakeOf(bot, metrics, signal) : []),
    ...(has('worker') ? workersOf(bot, { ...options, signal }) : []),
    every(schemaMs, log, signal, () => endIfOutdated(bot, outdated)),
  ];
  await untilAborted(signal);
  await Promise.race([Promise.allSettled(loops), sleep(STOP_MS, undefined, { ref: false })]);
  await web?.close();
  await told?.close();
  await tracing?.close();
  log.info('stopped');
  outdated.signal.throwIfAborted();
}

/** A process must not go on writing by rules that are no longer those of the tables, nor to a store whose data has moved away. */
async function endIfOutdated({ store }: Bot, outdated: AbortController): Promise<void> {
  try {
    await store.checkSchema();
    await checkSeal(store);
  } catch (error) {
    if (!(error instanceof PatchloomError) || !['STORE_NEWER', 'STORE_SEALED'].includes(error.code)) throw error;
    outdated.abort(error);
  }
}

/** One reader for each mailbox in the whole installation. */
function intakeOf(bot: Bot, metrics: Metrics, signal: AbortSignal): Promise<void>[] {
  return bot.config.sources.map((source) =>
    onDuty(bot, `source ${source.name}`, signal, (held) => serveSource(bot, source, metrics, held)),
  );
}

/** Work is shared by all; mail leaves by one process at a time, so that the caps hold, and the clock strikes once for all. */
function workersOf(bot: Bot, { signal, leaseMs, sendPolicy = policyOf(bot.config) }: ServiceOptions): Promise<void>[] {
  const { mirror, tags, build, report, note, run } = STAGES;
  // It would be the one that is always free, and fail what others could build.
  const hindrance = () => noRoomFor(bot.config.data);
  return [
    work(bot, { mirror, tags, build, report, note }, signal, leaseMs),
    work(bot, LETTERS, signal, leaseMs),
    work(bot, { derive: longThreadGrown, words: mailsWorded }, signal, leaseMs),
    ...Array.from({ length: placesOf(bot.config) }, () => work(bot, { run }, signal, leaseMs, hindrance)),
    work(bot, { upstream: upstreamHeard }, signal, leaseMs),
    // Logs lie on the machine that has built.
    every(TIDY_EVERY_MS, bot.log, signal, () => tidyLogs(bot)),
    onDuty(bot, 'sender', signal, async (held) => {
      await Promise.all([
        every(STOP_POLL_MS, bot.log, held, stopTeller(bot)),
        every(SEND_POLL_MS, bot.log, held, async () => {
          while (!held.aborted && (await sendNext(bot, sendPolicy)));
        }),
      ]);
    }),
    ...bot.config.webhooks.map((hook) =>
      onDuty(bot, `webhook ${hook.name}`, signal, (held) => serveWebhook(bot, hook, held)),
    ),
    onDuty(bot, 'schedule', signal, async (held) => {
      await Promise.all([
        every(GATE_EVERY_MS, bot.log, held, () => reconsiderGates(bot)),
        every(UPSTREAM_EVERY_MS, bot.log, held, () => watchUpstreams(bot)),
        every(DIGEST_EVERY_MS, bot.log, held, () => sendDigests(bot)),
        every(UPKEEP_EVERY_MS[bot.store.engine], bot.log, held, () => bot.store.upkeep()),
        every(OLDER_MAILS_EVERY_MS, bot.log, held, () => wordOlderMails(bot)),
      ]);
    }),
  ];
}

function policyOf({ limits }: Config): SendPolicy {
  return { ...SEND_POLICY, lookMs: limits.listDelay * 1_000 };
}

function namesOf(parts: readonly { readonly name: string }[]): readonly string[] {
  return parts.map(({ name }) => name);
}

function modesOf(config: Config): Readonly<Record<string, string>> {
  return Object.fromEntries(config.projects.map((project) => [project.name, project.mode]));
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
