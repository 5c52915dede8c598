import type { Store } from '../store/open.ts';
import type { Health, WebOptions } from './options.ts';

/** Asks for the health; a question that fails is itself a check that fails. */
export async function healthOf(options: Pick<WebOptions, 'health' | 'log'>): Promise<Health> {
  try {
    return await options.health();
  } catch (error) {
    options.log.error({ err: error }, 'the health could not be asked');
    return { checks: [{ name: 'health', ok: false, detail: 'could not be asked; the log says why' }] };
  }
}

/** Whether the store answers: without it no page does. */
export async function isReadable({ db }: Store): Promise<boolean> {
  try {
    await db.selectFrom('migration').select('number').limit(1).execute();
    return true;
  } catch {
    return false;
  }
}
