import { messageHash } from '../src/mail/parse.ts';
import { linkKeys } from '../src/series/component.ts';
import { linkMessages } from '../src/store/components.ts';
import { saveCursor } from '../src/store/cursors.ts';
import { countTraffic } from '../src/store/traffic.ts';
import { enqueue } from '../src/store/jobs.ts';
import { knownHashes, type NewMessage, type ParsedCopy, putMessages } from '../src/store/messages.ts';
import type { SeriesKey } from '../src/store/series.ts';
import type { Tx } from '../src/store/schema.ts';
import { describeError } from '../src/util/errors.ts';
import type { Context } from './context.ts';
import { deriveTouched } from './derive-touched.ts';
import { letterJob } from './letter-job.ts';
import { deriveLongLater } from './long-thread.ts';

/** A raw mail and where it came from, for people. */
export interface Arrival {
  readonly raw: Uint8Array;
  readonly label: string;
}

export interface ArrivalOptions {
  /** Mirror, build and answer what became complete, where it is recent enough. An import of an archive does not. */
  readonly act: boolean;
  /** Leave very long threads to a job: for who takes in mail as it comes. */
  readonly longLater?: boolean;
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
    const links = rows.map(({ msgid, digest }) => ({ msgid, keys: linkKeys(digest.entry) }));
    const grown = await linkMessages(tx, links);
    const long = options.longLater === true ? await deriveLongLater(tx, context, grown) : new Set();
    const touched = [...grown.keys()].filter((component) => !long.has(component));
    const { completed } = await deriveTouched(tx, context, touched, options.act);
    if (options.act) await enqueueLetters(tx, context, rows);
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
