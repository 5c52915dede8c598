import { changeMessage, drop, listOutgoing, type Outgoing } from './outbox.ts';
import type { Tx } from './schema.ts';

/** Takes back what waits to be sent and is not wanted any more; answers to what somebody asked for stay. */
async function dropWaiting(
  tx: Tx,
  project: string,
  reason: string,
  unwanted: (mail: Outgoing) => boolean,
): Promise<void> {
  for (const state of ['queued', 'waiting'] as const)
    for (const mail of await listOutgoing(tx, { project, state, limit: 10_000 }))
      if (mail.kind !== 'answer' && unwanted(mail)) await drop(tx, mail.message.msgid, reason);
}

/** Takes back what waits to be sent to somebody who has opted out; where he was to get a copy, the others still get theirs. */
export async function dropMailTo(tx: Tx, project: string, email: string): Promise<void> {
  const is = (one: { readonly email: string }) => one.email.toLowerCase() === email.toLowerCase();
  await dropWaiting(tx, project, 'who would get it has opted out', ({ message }) => message.to.some(is));
  for (const state of ['queued', 'waiting'] as const)
    for (const { kind, message } of await listOutgoing(tx, { project, state, limit: 10_000 }))
      if (kind !== 'answer' && message.cc.some(is))
        await changeMessage(tx, { ...message, cc: message.cc.filter((one) => !is(one)) });
}

/** Takes back what waits to be sent about some versions, or about all of a project. @param keys of the versions; null: all */
export async function dropMailAbout(tx: Tx, project: string, keys: readonly string[] | null): Promise<void> {
  const reason = keys === null ? 'the project has opted out' : 'the series has opted out';
  await dropWaiting(tx, project, reason, ({ key }) => keys === null || keys.includes(key));
}
