import { messageHash } from '../src/mail/parse.ts';
import { linkKeys } from '../src/series/component.ts';
import { linkMessages } from '../src/store/components.ts';
import { saveCursor } from '../src/store/cursors.ts';
import { enqueue } from '../src/store/jobs.ts';
import { knownHashes, type NewMessage, putMessages } from '../src/store/messages.ts';
import { seriesByKey, type SeriesKey } from '../src/store/series.ts';
import type { Tx } from '../src/store/schema.ts';
import type { Context } from './context.ts';
import { deriveComponent } from './derive.ts';
import { openJudge } from './judge.ts';
import { readCopy } from './read-mail.ts';

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

/**
 * Takes in a batch of mails: reads each, then keeps raw mail, derived state, jobs and cursor in one transaction. Safe to repeat:
 * a mail that is known changes nothing.
 */
export async function messagesArrived(
  context: Context,
  arrivals: readonly Arrival[],
  options: ArrivalOptions,
): Promise<ArrivalSummary> {
  const { store, config, clock } = context;
  const fresh = await unknownOf(context, arrivals);
  const rows: NewMessage[] = [];
  for (const { raw, label } of fresh) {
    const copy = await readCopy(raw, config.limits.messageBytes);
    rows.push({ ...copy, raw, source: label, received: clock.now() });
    context.log.debug({ mail: copy.msgid, source: label, bytes: raw.length }, 'mail read');
  }
  const summary = await store.transaction(async (tx) => {
    const put = await putMessages(tx, rows);
    const completed = await deriveTouched(tx, context, rows);
    if (options.act) await enqueueRecent(tx, context, completed);
    if (options.cursor) await saveCursor(tx, options.cursor.source, options.cursor.value);
    return { added: put.added.length, duplicates: arrivals.length - put.added.length, completed };
  });
  for (const { msgid, source } of rows) context.log.info({ mail: msgid, source }, 'mail stored');
  return summary;
}

/** Most mails of a second import are known: their hash alone says so, and they are not read again. */
async function unknownOf(context: Context, arrivals: readonly Arrival[]): Promise<readonly Arrival[]> {
  const hashes = arrivals.map((arrival) => messageHash(arrival.raw));
  const known = await knownHashes(context.store.db, hashes);
  return arrivals.filter((_, at) => !known.has(hashes[at] ?? ''));
}

async function deriveTouched(tx: Tx, context: Context, rows: readonly NewMessage[]): Promise<readonly SeriesKey[]> {
  const links = rows.map(({ msgid, digest }) => ({ msgid, keys: linkKeys(digest.entry) }));
  const completed: SeriesKey[] = [];
  const judge = openJudge(tx, context);
  for (const component of await linkMessages(tx, links)) {
    const news = await deriveComponent(tx, component, context.config.projects, judge);
    completed.push(...news.completed);
  }
  return completed;
}

/** Old series are shown, but nobody wants an answer to them: the first start on a full mailbox must not flood a list. */
async function enqueueRecent(tx: Tx, context: Context, completed: readonly SeriesKey[]): Promise<void> {
  const now = context.clock.now();
  const oldest = now - context.config.limits.actWithinDays * DAY;
  for (const { project, key } of completed) {
    const found = await seriesByKey(tx, project, key);
    const configured = context.config.projects.find((one) => one.name === project);
    if (!found || !configured?.git || found.series.posted < oldest || found.series.state === 'superseded') continue;
    await enqueue(tx, mirrorJob({ project, key }), now);
    context.log.info({ project, series: found.series.msgid }, 'series complete');
  }
}

/** The job that follows a complete series. One at a time for each repository. */
export function mirrorJob(of: SeriesKey) {
  return { kind: 'mirror', key: `${of.project} ${of.key}`, payload: of, lane: `git ${of.project}` } as const;
}
