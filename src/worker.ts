import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../handlers/context.ts';
import type { Keep } from '../handlers/stage.ts';
import { claim, complete, fail, type Job, release, renew } from './store/jobs.ts';
import { describeError, PatchloomError } from './util/errors.ts';

/** What is done for each kind of job. The signal fires when the process stops. */
export type JobTable<Payload> = Readonly<
  Record<string, (context: Context, payload: Payload, signal: AbortSignal) => Promise<Keep>>
>;

/** A job of a process that died is taken by another after so long. */
const LEASE_MS = 30_000;
const IDLE_MS = 250;
const AWAY_MS = 1_000;
const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 3_600_000;

/** Milliseconds until try `attempt + 1`: 5 s, doubled each time, at most an hour. */
export function backOff(attempt: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** Math.min(attempt - 1, 20), LONGEST_RETRY_MS);
}

/**
 * Works on jobs, one at a time, until the signal fires; what is under way then is handed back. A store that is away is asked again.
 * @param hindrance why this machine can do none now, in words, or null: it then leaves them to others
 */
export async function work<Payload>(
  context: Context,
  table: JobTable<Payload>,
  signal: AbortSignal,
  leaseMs: number = LEASE_MS,
  hindrance: () => Promise<string | null> = async () => null,
): Promise<void> {
  const kinds = Object.keys(table);
  let told: string | null = null;
  while (!signal.aborted) {
    try {
      const hindered = await hindrance();
      if (hindered !== told)
        context.log.warn({ kinds, hindered }, hindered === null ? 'takes jobs again' : 'takes no jobs');
      told = hindered;
      if (hindered === null && (await workOnce(context, table, { kinds, leaseMs, signal }))) continue;
      await sleep(IDLE_MS, undefined, { signal }).catch(() => {});
    } catch (error) {
      context.log.warn({ kinds }, describeError(error));
      await sleep(AWAY_MS, undefined, { signal }).catch(() => {});
    }
  }
}

/** Works until no job is due. @returns the number of jobs done */
export async function drain<Payload>(context: Context, table: JobTable<Payload>): Promise<number> {
  const { signal } = new AbortController();
  const how = { kinds: Object.keys(table), leaseMs: LEASE_MS, signal };
  let done = 0;
  while (await workOnce(context, table, how)) done++;
  return done;
}

interface How {
  readonly kinds: readonly string[];
  readonly leaseMs: number;
  readonly signal: AbortSignal;
}

async function workOnce<Payload>(
  context: Context,
  table: JobTable<Payload>,
  { kinds, leaseMs, signal }: How,
): Promise<boolean> {
  const job = await claim(context.store, { kinds, leaseMs, now: context.clock.now() });
  if (job === null) return false;
  const lost = new AbortController();
  const renewing = setInterval(() => void keepLease(context, job, leaseMs, lost), leaseMs / 3);
  const started = context.clock.now();
  let fault: string | null = null;
  try {
    const handler = table[job.kind];
    if (!handler) throw new PatchloomError('INTERNAL', `no handler for job ${job.kind}`);
    const keep = await handler(context, job.payload as Payload, AbortSignal.any([signal, lost.signal]));
    await context.store.transaction(async (tx) => {
      await keep(tx);
      await complete(tx, job);
    });
  } catch (error) {
    fault = describeError(error);
    await giveBack(context, job, error, signal.aborted);
  } finally {
    clearInterval(renewing);
    context.observer.worked?.(job, { started, ended: context.clock.now(), fault });
  }
  return true;
}

async function keepLease(context: Context, job: Job, leaseMs: number, lost: AbortController): Promise<void> {
  try {
    const held = await context.store.transaction((tx) => renew(tx, job, context.clock.now() + leaseMs));
    if (!held) lost.abort(new PatchloomError('LEASE_LOST', `job ${job.kind} ${job.key}`));
  } catch (error) {
    context.log.warn({ job: job.kind, error: describeError(error) }, 'lease not renewed');
  }
}

/** A stopping process returns its job untried; a fault that may pass is tried again, later each time; any other is kept for people to see. */
async function giveBack(context: Context, job: Job, error: unknown, stopping: boolean): Promise<void> {
  const text = describeError(error);
  const retry = !(error instanceof PatchloomError) || error.retry;
  try {
    await context.store.transaction(async (tx) => {
      if (stopping) return release(tx, job);
      const again = await fail(tx, job, text, retry ? context.clock.now() + backOff(job.attempt) : null);
      context.log[again ? 'warn' : 'error']({ job: job.kind, key: job.key, attempt: job.attempt, again }, text);
    });
  } catch (failure) {
    context.log.warn({ job: job.kind, key: job.key }, describeError(failure));
  }
}
