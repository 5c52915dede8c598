import type { Config } from '../config/config.ts';
import { stopReason } from '../src/sink/rate.ts';
import { brakeSince } from '../src/store/brake.ts';
import { isFarFromHome } from '../src/store/home.ts';
import type { Store } from '../src/store/open.ts';
import type { Context } from './context.ts';

const COPIED =
  'the database is a copy, or was moved: "patchloom restore" marks it as a copy; "patchloom restore --moved" says that it is the only one, and has lost nothing';

/**
 * Why nothing may be sent, or null: the file STOP in this machine's data directory, or, where the installation has several machines, the
 * brake that all of them see, or that their database is one that nobody has said is theirs. What cannot be seen counts as a reason.
 */
export async function whySendingStops(config: Config, store: Pick<Store, 'db' | 'engine'>): Promise<string | null> {
  const here = await stopReason(config.data);
  if (here !== null || store.engine === 'sqlite') return here;
  try {
    const since = await brakeSince(store.db);
    if (since !== null)
      return `"patchloom outbox stop" was said ${new Date(since).toISOString()}; "patchloom outbox go" ends that`;
    return (await isFarFromHome(store.db)) ? COPIED : null;
  } catch {
    return 'the store does not tell whether sending is stopped';
  }
}

/** Tells the log once when sending stops, and why, and once when it goes on. To be called now and then. */
export function stopTeller({ config, store, log }: Pick<Context, 'config' | 'store' | 'log'>): () => Promise<void> {
  let told: string | null = null;
  return async () => {
    const why = await whySendingStops(config, store);
    if (why === told) return;
    told = why;
    if (why === null) log.info('mail is sent again');
    else log.warn(`nothing is sent: ${why}`);
  };
}
