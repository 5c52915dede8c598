import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/config.ts';
import type { Bot } from './bot.ts';
import { every } from './duty.ts';
import { followSource } from './intake.ts';
import { type ReadMarks, readMarks } from './read-marks.ts';
import { maildirSource } from './source/maildir.ts';
import { mboxSource } from './source/mbox.ts';
import { publicInboxSource } from './source/public-inbox.ts';
import { imapSource, type Source } from './source/source.ts';
import { isBehind } from './store/jobs.ts';
import { keepPulse } from './store/pulses.ts';
import { keepReadUntil } from './store/read-until.ts';
import { describeError } from './util/errors.ts';
import type { Metrics } from './web/metrics.ts';

/** How often it is kept that a source is alive, and until when it has been read, in ms. */
const PULSE_EVERY_MS = 30_000;
const READ_EVERY_MS = 5_000;
const LOOK_AGAIN_MS = 1_000;

type SourceConfig = Config['sources'][number];

/** What is seen of a source while it is read. */
interface Watched {
  /** Its last fault; null where it works, and before its first answer. */
  error: string | null;
  /** Until when its mail is known to have been read and stored, epoch ms; 0 before that is known. */
  readAt: number;
  /** What of it was kept. */
  keptAt: number;
}

/** Reads one source until the signal fires, and keeps its signs of life. */
export async function serveSource(
  bot: Bot,
  source: SourceConfig,
  metrics: Metrics,
  signal: AbortSignal,
): Promise<void> {
  const watched: Watched = { error: null, readAt: 0, keptAt: 0 };
  await Promise.all([
    follow(bot, source, watched, metrics, signal),
    every(PULSE_EVERY_MS, bot.log, signal, () => keepSign(bot, source, watched)),
    every(READ_EVERY_MS, bot.log, signal, () => keepRead(bot, source, watched)),
  ]);
}

async function follow(
  bot: Bot,
  source: SourceConfig,
  watched: Watched,
  metrics: Metrics,
  signal: AbortSignal,
): Promise<void> {
  const pollMs = source.kind === 'imap' ? 1_000 : source.poll * 1_000;
  const marks = readMarks((at) => {
    watched.readAt = at;
  });
  await followSource(bot, openSource(source, bot, marks), pollMs, {
    act: true,
    longLater: true,
    signal,
    marks,
    room: () => untilRoom(bot, signal),
    onState: (error) => {
      watched.error = error;
      if (error !== null) metrics.sourceErrors.inc({ source: source.name });
    },
    onBatch: (summary) => {
      metrics.mailsStored.inc({ source: source.name }, summary.added);
      metrics.duplicates.inc({ source: source.name }, summary.duplicates);
    },
  });
}

/** Waits while the workers are far behind: mail is safe where it lies, and each that is taken in makes more work. */
async function untilRoom({ store, config, clock, log }: Bot, signal: AbortSignal): Promise<void> {
  for (let told = false; !signal.aborted; told = true) {
    const behind = await isBehind(store.db, config.limits.backlog, clock.now()).catch((error: unknown) => {
      log.warn(describeError(error));
      return true;
    });
    if (!behind) return;
    if (!told) log.warn({ backlog: config.limits.backlog }, 'the intake waits for the workers');
    await sleep(LOOK_AGAIN_MS, undefined, { signal }).catch(() => {});
  }
}

async function keepSign({ store, clock }: Bot, { name }: SourceConfig, { error }: Watched): Promise<void> {
  const pulse = { name: `source ${name}`, error, every: PULSE_EVERY_MS, at: clock.now() };
  await store.transaction((tx) => keepPulse(tx, pulse));
}

async function keepRead({ store }: Bot, { name }: SourceConfig, watched: Watched): Promise<void> {
  const until = watched.readAt;
  if (until === watched.keptAt) return;
  await store.transaction((tx) => keepReadUntil(tx, name, until));
  watched.keptAt = until;
}

function openSource(source: SourceConfig, { log, clock }: Bot, marks: ReadMarks): Source {
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
