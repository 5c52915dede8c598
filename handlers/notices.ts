import { type Notice, renderNotice } from '../src/report/notice.ts';
import { decide } from '../src/store/outbox.ts';
import type { Tx } from '../src/store/schema.ts';
import type { Context } from './context.ts';

/** The project's place in the outbox for mail that is about no project. */
export const OPERATOR = 'operator';

/** Tells the operator, once for each outcome. Without an address for him it is only logged. */
export async function tellOperator(tx: Tx, context: Context, notice: Notice): Promise<void> {
  const { bot } = context.config;
  const now = context.clock.now();
  if (bot.operator === null) return;
  const message = renderNotice(notice, bot, bot.operator, isoDate(now));
  const { outcome } = notice;
  await decide(tx, { project: OPERATOR, key: OPERATOR, kind: 'notice', outcome, message, mode: 'live' }, now);
}

/** Epoch ms as the ISO 8601 date of a mail. */
export function isoDate(epoch: number): string {
  return new Date(epoch).toISOString().replace(/\.\d+Z$/, '+00:00');
}
