import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { pendingJobs } from '../store/jobs.ts';
import { messageCount } from '../store/messages.ts';
import type { Store } from '../store/open.ts';
import { countOutgoing } from '../store/outbox.ts';
import { countMirrors } from '../store/mirrors.ts';
import { countSeries } from '../store/series.ts';
import { lastMails } from '../store/traffic.ts';
import { systemClock } from '../util/clock.ts';
import type { Clock } from '../util/clock.ts';
import { jobLateness } from './counts.ts';

/** What Prometheus is told. The wiring increments the counters; all else is read from the store when somebody asks. */
export interface Metrics {
  readonly registry: Registry;
  readonly mailsStored: Counter<'source'>;
  readonly duplicates: Counter<'source'>;
  readonly sourceErrors: Counter<'source'>;
  /** `state` is that of the check. */
  readonly runsFinished: Counter<'project' | 'state'>;
  readonly mailsSent: Counter<'project' | 'kind'>;
  /** Tries to send that did not end with a yes; `result` is `retry`, `refused` or `doubtful`. */
  readonly sendFailures: Counter<'project' | 'result'>;
  /** From the arrival of a batch of mails to the end of the transaction that keeps it. */
  readonly intakeSeconds: Histogram;
  /** Tries of jobs; `result` is `done` or `failed`. */
  readonly jobSeconds: Histogram<'kind' | 'result'>;
}

/** Makes all metrics in a registry of their own, the process's default ones included. */
export function createMetrics(store: Store, clock: Clock = systemClock): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  storeGauges(store, clock, registers);
  const counter = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Counter({ name: `patchloom_${name}`, help, labelNames, registers });
  return {
    registry,
    mailsStored: counter('mails_stored_total', 'Mails that were new and have been stored.', 'source'),
    duplicates: counter('mails_duplicate_total', 'Mails that were known already.', 'source'),
    sourceErrors: counter('source_errors_total', 'Failures to read from a source.', 'source'),
    runsFinished: counter('runs_finished_total', 'Build-tests that came to a result.', 'project', 'state'),
    mailsSent: counter('mails_sent_total', 'Mails that a server has taken.', 'project', 'kind'),
    sendFailures: counter(
      'send_failures_total',
      'Tries to send that no server has answered with yes.',
      'project',
      'result',
    ),
    intakeSeconds: new Histogram({
      name: 'patchloom_intake_seconds',
      help: 'Time to read and store a batch of mails.',
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
      registers,
    }),
    jobSeconds: new Histogram({
      name: 'patchloom_job_seconds',
      help: 'Time of one try of a job, by its stage.',
      labelNames: ['kind', 'result'],
      buckets: [0.01, 0.05, 0.2, 1, 5, 30, 120, 600, 3600],
      registers,
    }),
  };
}

/**
 * Tells zero for what may be counted. Prometheus sees an increase only between two values: without this the first mail that is refused
 * after a start would bring a counter that begins with one, and no alarm.
 */
export function startAtZero(metrics: Metrics, projects: readonly string[], sources: readonly string[]): void {
  for (const project of projects)
    for (const result of ['retry', 'refused', 'doubtful']) metrics.sendFailures.inc({ project, result }, 0);
  for (const source of sources)
    for (const counter of [metrics.mailsStored, metrics.duplicates, metrics.sourceErrors]) counter.inc({ source }, 0);
}

function storeGauges(store: Store, clock: Clock, registers: Registry[]): void {
  gauge(registers, 'messages', 'Mails in the store, one for each Message-ID.', [], async (set) =>
    set((await messageCount(store.db)).messages),
  );
  gauge(registers, 'series', 'Series in the store.', ['project', 'state'], async (set) => {
    for (const { count, ...labels } of await countSeries(store.db)) set(count, labels);
  });
  gauge(registers, 'jobs', 'Jobs that are not done.', ['kind', 'state'], async (set) => {
    for (const { count, ...labels } of await pendingJobs(store.db)) set(count, labels);
  });
  gauge(registers, 'mirrors', 'Series by what became of their application.', ['project', 'state'], async (set) => {
    for (const { count, ...labels } of await countMirrors(store.db)) set(count, labels);
  });
  gauge(
    registers,
    'last_mail_timestamp_seconds',
    'When each source last brought a new mail.',
    ['source'],
    async (set) => {
      for (const { source, last } of await lastMails(store.db)) set(last / 1000, { source });
    },
  );
  gauge(registers, 'outbox', 'Mails that were decided.', ['state'], async (set) => {
    for (const { count, ...labels } of await countOutgoing(store.db)) set(count, labels);
  });
  gauge(
    registers,
    'oldest_pending_job_age_seconds',
    'How long the oldest pending job is past its time.',
    [],
    async (set) => set(await jobLateness(store.db, clock.now())),
  );
}

/** A gauge whose values are read anew at each scrape; those of the scrape before are forgotten. */
function gauge(
  registers: Registry[],
  name: string,
  help: string,
  labelNames: readonly string[],
  read: (set: (value: number, labels?: Record<string, string>) => void) => Promise<void>,
): void {
  const made: Gauge = new Gauge({
    name: `patchloom_${name}`,
    help,
    labelNames,
    registers,
    async collect() {
      const values: [number, Record<string, string>][] = [];
      await read((value, labels = {}) => values.push([value, labels]));
      // All at once: another scrape may run at the same time.
      made.reset();
      for (const [value, labels] of values) made.set(labels, value);
    },
  });
}
