import type { WebhookConfig } from '../config/config.ts';
import { type Delivery, postEvent } from '../src/sink/webhook.ts';
import { cursorOf, saveCursor } from '../src/store/cursors.ts';
import { nextToldEvent, newestEvent, type ToldEvent } from '../src/store/told-events.ts';
import type { Context } from './context.ts';

/**
 * Tells one program the next event that it wants, in their order; how far it is stands in the store, so that none is left out, and one
 * is told twice only where its answer was lost. A new one is told from now on.
 * @returns `told`, `nothing` to tell, or why it has to be tried again
 */
export async function tellNextEvent(
  { store, config }: Pick<Context, 'store' | 'config'>,
  hook: WebhookConfig,
): Promise<'told' | 'nothing' | { readonly fault: string }> {
  const place = `webhook ${hook.name}`;
  const told = await cursorOf(store.db, place);
  if (told === null) {
    const newest = await newestEvent(store.db);
    await store.transaction((tx) => saveCursor(tx, place, String(newest)));
    return 'nothing';
  }
  const event = await nextToldEvent(store.db, Number(told), hook);
  if (event === null) return 'nothing';
  const fault = await postEvent(hook.url, hook.secret, deliveryOf(event, config.web?.url ?? null));
  if (fault !== null) return { fault };
  await store.transaction((tx) => saveCursor(tx, place, String(event.id)));
  return 'told';
}

function deliveryOf({ id, category, at, project, mail, series, detail }: ToldEvent, root: string | null): Delivery {
  const page = root === null ? null : root.replace(/\/$/, '');
  const about = mail ?? series;
  const url =
    page === null || about === null ? null : `${page}/message/${encodeURIComponent(about.msgid.slice(1, -1))}`;
  return {
    id,
    event: category,
    body: { id, event: category, date: new Date(at).toISOString(), project, mail, series, detail, url },
  };
}
