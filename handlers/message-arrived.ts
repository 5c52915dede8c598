import { messageHash } from '../src/mail/parse.ts';
import { linkKeys } from '../src/series/component.ts';
import { linkMessages } from '../src/store/components.ts';
import { saveCursor } from '../src/store/cursors.ts';
import { saveEvents } from '../src/store/events.ts';
import { countTraffic } from '../src/store/traffic.ts';
import { enqueue } from '../src/store/jobs.ts';
import { knownHashes, type NewMessage, type ParsedCopy, putMessages } from '../src/store/messages.ts';
import { seriesByKey, type SeriesKey } from '../src/store/series.ts';
import type { Tx } from '../src/store/schema.ts';
import { describeError } from '../src/util/errors.ts';
import type { Context } from './context.ts';
import { letterJob } from './letter-job.ts';
import { reportJob } from './report-job.ts';
import { deriveComponents, type DerivedNews } from './derive.ts';
import { eventsOf } from './events.ts';
import { openJudge } from './judge.ts';

/** A raw mail and where it came from, for people. */
export interface Arrival {
  readonly raw: Uint8Array;
  readonly label: string;
}

export interface ArrivalOptions {
  /** Mirror, build and answer what became complete, where it is recent enough. An import of an archive does not. */
  readonly act: boolean;
  /** How far the source was read; kept together with the mails. */
  readonly cursor?: { readonly source: string; readonly value: string };
}

export interface ArrivalSummary {
  readonly added: number;
  readonly duplicates: number;
  readonly completed: readonly SeriesKey[];
}

const DAY = 86_400_000;

/** Mails that are not known yet, while they are being read. */
export interface Reading {
  readonly fresh: readonly Arrival[];
  readonly copies: Promise<readonly ParsedCopy[]>;
  /** DKIM verdicts of `fresh`, in order; empty where nobody looked. */
  readonly verdicts: readonly (string | null)[];
  /** Known before. */
  readonly known: number;
}

/** Takes in a batch of mails. Safe to repeat: a mail that is known changes nothing. */
export async function messagesArrived(
  context: Context,
  arrivals: readonly Arrival[],
  options: ArrivalOptions,
): Promise<ArrivalSummary> {
  return keepMails(context, await readMails(context, arrivals, options), options);
}

/** Begins to read the mails of a batch. What can be known of a mail only at its receipt is looked for where it has just come. */
export async function readMails(
  context: Context,
  arrivals: readonly Arrival[],
  { act }: Pick<ArrivalOptions, 'act'>,
): Promise<Reading> {
  const fresh = await unknownOf(context, arrivals);
  const raws = fresh.map(({ raw }) => raw);
  const copies = context.reader.read(raws, context.config.limits.messageBytes);
  // Whoever keeps them is told; until then the fault must not end the process.
  copies.catch(() => {});
  const verdicts = act ? await dkimOf(context, raws) : [];
  return { fresh, copies, verdicts, known: arrivals.length - fresh.length };
}

/** Keeps raw mail, derived state, jobs and cursor of a batch in one transaction. */
export async function keepMails(context: Context, reading: Reading, options: ArrivalOptions): Promise<ArrivalSummary> {
  const { store, clock } = context;
  const started = clock.now();
  const copies = await reading.copies;
  const rows = reading.fresh.flatMap(({ raw, label }, at): NewMessage[] => {
    const copy = copies[at];
    return copy === undefined
      ? []
      : [{ ...copy, raw, source: label, received: clock.now(), dkim: reading.verdicts[at] ?? null }];
  });
  const summary = await store.transaction(async (tx) => {
    const put = await putMessages(tx, rows);
    const { completed, fresh, tagged } = await deriveTouched(tx, context, rows);
    if (options.act) {
      await enqueueRecent(tx, context, completed);
      await enqueueHeld(tx, context, fresh);
      await enqueueLetters(tx, context, rows);
      for (const of of tagged) await enqueue(tx, tagsJob(of), clock.now());
    }
    if (options.cursor) {
      await saveCursor(tx, options.cursor.source, options.cursor.value);
      await countTraffic(tx, options.cursor.source, put.added.length, clock.now());
    }
    const duplicates = reading.known + rows.length - put.added.length;
    return { added: put.added.length, duplicates, completed };
  });
  const span = { started, ended: clock.now(), fault: null };
  context.observer.stored?.(
    rows.map(({ msgid }) => msgid),
    span,
  );
  for (const { msgid, source } of rows) context.log.info({ mail: msgid, source }, 'mail stored');
  return summary;
}

async function dkimOf({ dkim, log }: Context, raws: readonly Uint8Array[]): Promise<readonly (string | null)[]> {
  if (dkim === null) return [];
  return Promise.all(
    raws.map((raw) =>
      dkim(raw).catch((error: unknown) => {
        log.warn({ error: describeError(error) }, 'DKIM could not be looked at');
        return null;
      }),
    ),
  );
}

/** Most mails of a second import are known: their hash alone says so, and they are not read again. */
async function unknownOf(context: Context, arrivals: readonly Arrival[]): Promise<readonly Arrival[]> {
  const hashes = arrivals.map((arrival) => messageHash(arrival.raw));
  const known = await knownHashes(context.store.db, hashes);
  return arrivals.filter((_, at) => !known.has(hashes[at] ?? ''));
}

async function deriveTouched(
  tx: Tx,
  context: Context,
  rows: readonly NewMessage[],
): Promise<Pick<DerivedNews, 'completed' | 'fresh' | 'tagged'>> {
  const links = rows.map(({ msgid, digest }) => ({ msgid, keys: linkKeys(digest.entry) }));
  const touched = [...(await linkMessages(tx, links))];
  const news = await deriveComponents(tx, touched, context.config.projects, openJudge(tx, context));
  await saveEvents(tx, eventsOf(news), context.clock.now());
  return news;
}

/** Whether patches are still missing is asked a day later: most of them arrive within minutes. */
async function enqueueHeld(tx: Tx, { config, clock }: Context, fresh: readonly SeriesKey[]): Promise<void> {
  const now = clock.now();
  for (const { project, key } of fresh) {
    if (config.projects.find(({ name }) => name === project)?.report.held !== true) continue;
    const series = (await seriesByKey(tx, project, key))?.series;
    if (series === undefined || series.complete || series.posted < now - config.limits.actWithinDays * DAY) continue;
    await enqueue(tx, { ...reportJob({ project, key }), runAt: now + DAY }, now);
  }
}

/** Old series are shown, but nobody wants an answer to them: the first start on a full mailbox must not flood a list. */
async function enqueueRecent(tx: Tx, context: Context, completed: readonly SeriesKey[]): Promise<void> {
  const now = context.clock.now();
  const oldest = now - context.config.limits.actWithinDays * DAY;
  for (const { project, key } of completed) {
    const found = await seriesByKey(tx, project, key);
    const configured = context.config.projects.find((one) => one.name === project);
    if (!found || !configured || found.series.posted < oldest || found.series.state === 'superseded') continue;
    if (configured.report.received) await enqueue(tx, reportJob({ project, key }), now);
    if (!configured.git) continue;
    await enqueue(tx, mirrorJob({ project, key }), now);
    context.log.info({ project, series: found.series.msgid }, 'series complete');
  }
}

/** Mail to the bot itself that is no patch: requests and what came back. */
async function enqueueLetters(tx: Tx, { config, clock }: Context, rows: readonly NewMessage[]): Promise<void> {
  const bot = config.bot.email.toLowerCase();
  const now = clock.now();
  for (const { msgid, posted, digest } of rows) {
    const { recipients, patch } = digest.entry;
    if (patch !== null || posted < now - config.limits.actWithinDays * DAY) continue;
    if (recipients.some(({ email }) => email.toLowerCase() === bot)) await enqueue(tx, letterJob(msgid), now);
  }
}

/** A series to be applied, on the base that the rules choose or on one that somebody who may has asked for. */
export interface ApplyKey extends SeriesKey {
  readonly base?: string;
}

/** The job that follows a complete series. One at a time for each repository. */
export function mirrorJob(of: ApplyKey) {
  return { kind: 'mirror', key: `${of.project} ${of.key}`, payload: of, lane: `git ${of.project}` } as const;
}

/** The job that follows tags on a series. In the lane of the mirror's, so that it comes after what is being applied. */
export function tagsJob(of: SeriesKey) {
  return { kind: 'tags', key: `${of.project} ${of.key}`, payload: of, lane: `git ${of.project}` } as const;
}
