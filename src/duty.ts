import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from './store/open.ts';
import { describeError } from './util/errors.ts';
import type { Log } from './util/log.ts';

/** How often a process that stands by asks whether a duty is free, in ms. With the server's 20 s for a machine that has vanished: below 30 s. */
const ASK_EVERY_MS = 5_000;

/**
 * Does what only one process of the installation may do at a time, while it has the lock of that name; stands by where another has it.
 * `act` must return soon after its signal fires: the process stops, or the lock is lost and another goes on.
 */
export async function onDuty(
  { store, log }: { readonly store: Store; readonly log: Log },
  name: string,
  signal: AbortSignal,
  act: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  let told: string | null = null;
  while (!signal.aborted) {
    const lock = await store.lock(name).catch((error: unknown) => {
      log.warn({ duty: name }, describeError(error));
      return null;
    });
    const now = lock === null ? 'stands by' : 'on duty';
    if (now !== told) log.info({ duty: name }, now);
    told = now;
    if (lock === null) {
      await sleep(ASK_EVERY_MS, undefined, { signal }).catch(() => {});
      continue;
    }
    try {
      await act(AbortSignal.any([signal, lock.lost]));
    } catch (error) {
      log.error({ duty: name }, describeError(error));
    } finally {
      await lock.release();
    }
  }
}

/** Repeats `act` until the signal fires; a fault is logged, not fatal. */
export async function every(
  milliseconds: number,
  log: Log,
  signal: AbortSignal,
  act: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await act();
    } catch (error) {
      log.error(describeError(error));
    }
    await sleep(milliseconds, undefined, { signal }).catch(() => {});
  }
}
