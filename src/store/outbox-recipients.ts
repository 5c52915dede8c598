import { drop, listOutgoing } from './outbox.ts';
import type { Tx } from './schema.ts';

/** Takes back what waits to be sent to somebody who has opted out; answers to what he asked for himself stay. */
export async function dropMailTo(tx: Tx, project: string, email: string): Promise<void> {
  for (const state of ['queued', 'waiting'] as const) {
    for (const { kind, message } of await listOutgoing(tx, { project, state, limit: 10_000 })) {
      const reaches = message.to.some((one) => one.email.toLowerCase() === email.toLowerCase());
      if (reaches && kind !== 'answer') await drop(tx, message.msgid, 'who would get it has opted out');
    }
  }
}
