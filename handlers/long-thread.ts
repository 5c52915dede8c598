import { enqueue } from '../src/store/jobs.ts';
import type { Tx } from '../src/store/schema.ts';
import type { Context } from './context.ts';
import { deriveTouched } from './derive-touched.ts';
import type { Keep } from './stage.ts';

/** A component with more keys is a long thread: a year of a busy list has none. A mail brings one or two. */
export const LONG_KEYS = 1_000;
/** Deriving takes about a tenth of a millisecond for each key: one thread takes a twentieth of the time at most, whatever comes to it. */
const WAIT_MS_PER_KEY = 2;

/** A component whose mails are stored and linked, and not derived yet. */
export interface LongThread {
  readonly component: number;
}

/**
 * A component is derived as a whole, so that a thread which somebody makes longer and longer would cost more with each mail. A long one is
 * derived by a job, which waits the longer the longer the thread is, and which all mail that comes meanwhile shares.
 * @param grown components with the number of their keys
 * @returns those that are left to the job
 */
export async function deriveLongLater(
  tx: Tx,
  { clock, log }: Context,
  grown: ReadonlyMap<number, number>,
): Promise<ReadonlySet<number>> {
  const now = clock.now();
  const long = new Set<number>();
  for (const [component, keys] of grown) {
    if (keys <= LONG_KEYS) continue;
    long.add(component);
    const payload: LongThread = { component };
    const wait = keys * WAIT_MS_PER_KEY;
    const job = { kind: 'derive', key: `${component}`, payload, lane: 'derive', runAt: now + wait };
    if (await enqueue(tx, job, now)) log.info({ component, keys, inMs: wait }, 'a long thread is derived later');
  }
  return long;
}

/** The job: derives the thread with all that has come to it. Where it has become a part of another one, nothing is left of it. */
export async function longThreadGrown(context: Context, { component }: LongThread): Promise<Keep> {
  return async (tx) => void (await deriveTouched(tx, context, [component], true));
}
