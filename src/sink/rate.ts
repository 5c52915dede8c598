import { access } from 'node:fs/promises';
import { join } from 'node:path';

/** Mails that may leave within one hour where nothing else is said. syzbot's cap is the same. */
export const MAILS_PER_HOUR = 60;

const HOUR = 3_600_000;

export type RateDecision =
  | { readonly kind: 'send' }
  /** Ask again at `until`, epoch milliseconds. */
  | { readonly kind: 'wait'; readonly until: number; readonly reason: string }
  /** Somebody has pulled the switch: nothing leaves until it is released. */
  | { readonly kind: 'stop'; readonly reason: string };

/**
 * Whether one more mail may leave now.
 * @param now epoch milliseconds
 * @param sent times of the mails that left (or may have left) within the last hour, in any order; older ones do not matter
 * @param stopped why all sending is stopped, or null
 */
export function maySend(
  now: number,
  sent: readonly number[],
  stopped: string | null,
  perHour: number = MAILS_PER_HOUR,
): RateDecision {
  if (stopped !== null) return { kind: 'stop', reason: stopped };
  const recent = sent.filter((time) => time > now - HOUR).sort((a, b) => a - b);
  if (recent.length < perHour) return { kind: 'send' };
  // Room comes when so many have grown old that fewer than the cap are left.
  const until = (recent[recent.length - perHour] ?? now) + HOUR;
  return { kind: 'wait', until, reason: `${recent.length} mails within one hour; the cap is ${perHour}` };
}

/** The kill switch: a file STOP in the data directory. @returns why sending is stopped, or null */
export async function stopReason(dataDirectory: string): Promise<string | null> {
  const file = join(dataDirectory, 'STOP');
  try {
    await access(file);
    return `${file} exists; remove it to send again`;
  } catch (error) {
    // A switch that cannot be seen counts as pulled.
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? null : `${file} cannot be looked for`;
  }
}
