import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../handlers/context.ts';
import { type ArrivalSummary, keepMails, readMails } from '../handlers/message-arrived.ts';
import type { ReadMarks } from './read-marks.ts';
import type { RawMail, Source } from './source/raw-mail.ts';
import { cursorOf } from './store/cursors.ts';
import { describeError, PatchloomError } from './util/errors.ts';

const BATCH_MAILS = 100;
const BATCH_BYTES = 16 << 20;
/** A live source that is silent for so long has its mails stored at once. */
const FLUSH_MS = 20;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 300_000;

export interface IntakeOptions {
  readonly act: boolean;
  /** See `ArrivalOptions`. */
  readonly longLater?: boolean;
  readonly signal: AbortSignal;
  /** Waits until another batch may be taken in; left out: at once. */
  readonly room?: () => Promise<void>;
  readonly onBatch?: (summary: ArrivalSummary, last: RawMail) => void;
  /** Counts what is given and stored, for who asks how far a source was read. */
  readonly marks?: ReadMarks;
}

/** Reads a source from its cursor to its end, or until the signal fires. Each batch is stored before its cursor is. */
export async function takeIn(context: Context, source: Source, options: IntakeOptions): Promise<void> {
  const cursor = await cursorOf(context.store.db, source.name);
  let waiting: (() => Promise<void>) | null = null;
  const keepWaiting = async (): Promise<void> => {
    const keep = waiting;
    waiting = null;
    await keep?.();
  };
  options.marks?.begin();
  try {
    for await (const batch of batches(counted(source.read(cursor, options.signal), options.marks))) {
      const last = batch.at(-1);
      if (!last) continue;
      await options.room?.();
      const reading = await readMails(context, batch, options);
      // With threads that read, the batch before is stored meanwhile.
      await keepWaiting();
      waiting = async () => {
        const value = { source: source.name, value: last.cursor };
        // Not as an argument of the optional call: that would store nothing where nobody watches.
        const summary = await keepMails(context, reading, { ...options, cursor: value });
        options.marks?.stored(batch.length);
        options.onBatch?.(summary, last);
      };
      if (!context.reader.ahead) await keepWaiting();
    }
  } finally {
    await keepWaiting();
  }
}

async function* counted(mails: AsyncIterable<RawMail>, marks: ReadMarks | undefined): AsyncGenerator<RawMail> {
  for await (const mail of mails) {
    marks?.given();
    yield mail;
  }
}

/** Keeps a source read while the bot runs. A fault is logged and the source opened again, later each time; its cursor loses nothing. */
export async function followSource(
  context: Context,
  source: Source,
  pollMs: number,
  options: IntakeOptions & { readonly onState: (error: string | null) => void },
): Promise<void> {
  let pause = FIRST_PAUSE_MS;
  while (!options.signal.aborted) {
    try {
      const began = context.clock.now();
      await takeIn(context, source, {
        ...options,
        onBatch: (summary, last) => {
          pause = FIRST_PAUSE_MS;
          options.onState(null);
          options.onBatch?.(summary, last);
        },
      });
      // A source that waits for new mail by itself says by itself how far it is.
      if (!source.live) options.marks?.mark(began);
      options.onState(null);
      await sleep(pollMs, undefined, { signal: options.signal }).catch(() => {});
    } catch (error) {
      if (options.signal.aborted) return;
      options.onState(describeError(error));
      context.log.error({ source: source.name, retryInMs: pause }, describeError(error));
      // A wrong password will not mend itself soon, and servers lock out those who hammer.
      if (error instanceof PatchloomError && error.code === 'IMAP_AUTH') pause = LONGEST_PAUSE_MS;
      await sleep(pause, undefined, { signal: options.signal }).catch(() => {});
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  }
}

/** Groups mails so that one transaction keeps many, without making the last of them wait. */
export async function* batches(mails: AsyncIterable<RawMail>): AsyncGenerator<RawMail[]> {
  const iterator = mails[Symbol.asyncIterator]();
  let next: Promise<IteratorResult<RawMail>> | null = iterator.next();
  let batch: RawMail[] = [];
  let bytes = 0;
  try {
    while (next !== null) {
      const result: IteratorResult<RawMail> | null = batch.length === 0 ? await next : await soon(next);
      if (result !== null) {
        next = result.done === true ? null : iterator.next();
        if (result.done !== true) {
          batch.push(result.value);
          bytes += result.value.raw.length;
        }
        if (next !== null && batch.length < BATCH_MAILS && bytes < BATCH_BYTES) continue;
      }
      if (batch.length > 0) yield batch;
      batch = [];
      bytes = 0;
    }
  } catch (error) {
    // What came before the fault is as good as ever.
    if (batch.length > 0) yield batch;
    throw error;
  } finally {
    // Where reading ahead has failed or is abandoned, nobody else will look at it.
    next?.catch(() => {});
    await iterator.return?.();
  }
}

/** The result, or null where it takes longer than a moment. */
async function soon<T>(promise: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, FLUSH_MS, null);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
