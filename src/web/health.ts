import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '../store/open.ts';
import type { Health, WebOptions } from './options.ts';

/** Whoever watches gives up after five or ten seconds, and then knows nothing: a store that hangs is told before that. */
const ANSWER_MS = 4_000;

/** Asks for the health; a question that fails, or is not answered in time, is itself a check that fails. */
export async function healthOf(options: Pick<WebOptions, 'health' | 'log'>, answerMs = ANSWER_MS): Promise<Health> {
  try {
    return await inTime(Promise.resolve(options.health()), answerMs);
  } catch (error) {
    options.log.error({ err: error }, 'the health could not be asked');
    return { checks: [{ name: 'health', ok: false, detail: 'could not be asked; the log says why' }] };
  }
}

/** Whether the store answers, in time: without it no page does. */
export async function isReadable({ db }: Pick<Store, 'db'>, answerMs = ANSWER_MS): Promise<boolean> {
  try {
    await inTime(db.selectFrom('migration').select('number').limit(1).execute(), answerMs);
    return true;
  } catch {
    return false;
  }
}

/** @throws where the answer has not come by then; whatever comes later is let go */
async function inTime<T>(answer: Promise<T>, milliseconds: number): Promise<T> {
  const clock = new AbortController();
  const late = sleep(milliseconds, undefined, { signal: clock.signal }).then(() => {
    throw new Error(`no answer within ${milliseconds / 1000} s`);
  });
  late.catch(() => {});
  try {
    return await Promise.race([answer, late]);
  } finally {
    clock.abort();
  }
}
