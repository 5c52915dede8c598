import type { Config } from '../config/config.ts';
import { stopReason } from '../src/sink/rate.ts';
import { brakeSince } from '../src/store/brake.ts';
import type { Store } from '../src/store/open.ts';

/**
 * Why nothing may be sent, or null: the file STOP in this machine's data directory, or, where the installation has several machines, the
 * brake that all of them see. A brake that cannot be seen counts as pulled.
 */
export async function whySendingStops(config: Config, store: Pick<Store, 'db' | 'engine'>): Promise<string | null> {
  const here = await stopReason(config.data);
  if (here !== null || store.engine === 'sqlite') return here;
  try {
    const since = await brakeSince(store.db);
    if (since === null) return null;
    return `"patchloom outbox stop" was said ${new Date(since).toISOString()}; "patchloom outbox go" ends that`;
  } catch {
    return 'the store does not tell whether sending is stopped';
  }
}
