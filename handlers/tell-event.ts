import type { Config, WebhookConfig } from '../config/config.ts';
import { type Delivery, postEvent } from '../src/sink/webhook.ts';
import { cursorOf, saveCursor } from '../src/store/cursors.ts';
import { nextToldEvent, newestEvent, type ToldEvent } from '../src/store/told-events.ts';
import type { Context } from './context.ts';
import { pageAddress } from './page-address.ts';

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
  const fault = await postEvent(hook.url, hook.secret, deliveryOf(event, config));
  if (fault !== null) return { fault };
  await store.transaction((tx) => saveCursor(tx, place, String(event.id)));
  return 'told';
}

function deliveryOf({ id, category, at, project, mail, series, detail }: ToldEvent, config: Config): Delivery {
  const about = mail ?? series;
  const url = about === null ? null : pageAddress(config, `/message/${encodeURIComponent(about.msgid.slice(1, -1))}`);
  return {
    id,
    event: category,
    body: { id, event: category, date: new Date(at).toISOString(), project, mail, series, detail, url },
  };
}
