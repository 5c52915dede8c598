import { parseMailDate } from './date.ts';

/**
 * When the list handed the mail on, epoch milliseconds: the topmost Received line written by a host of one of the lists.
 * Archive times are late for many mails, and Date is what the writer's clock said, so neither is asked first.
 * Without such a line it is Date, but never later than any Received line: a mail cannot be sent after it came.
 * @returns null where neither is usable.
 */
export function postedOf(received: readonly string[], listIds: readonly string[], date: number | null): number | null {
  const domains = listIds.map(hostDomain).filter((domain) => domain.includes('.'));
  const times: number[] = [];
  for (const line of received) {
    const time = timeOf(line);
    if (time === null) continue;
    const host = hostOf(line);
    if (host !== null && domains.some((domain) => host === domain || host.endsWith(`.${domain}`))) return time;
    times.push(time);
  }
  if (date === null) return times[0] ?? null;
  return Math.min(date, ...times);
}

/** The domain whose hosts belong to the list: `ltp.lists.linux.it` is served by picard.linux.it, so one label less, two at least. */
function hostDomain(listId: string): string {
  const labels = listId.split('.').slice(1);
  return (labels.length > 2 ? labels.slice(1) : labels).join('.');
}

/** The host that wrote the line: its `by` clause. */
function hostOf(line: string): string | null {
  return /(?:^|[\s)])by ([A-Za-z0-9.-]{1,255})/.exec(line)?.[1]?.toLowerCase() ?? null;
}

/** RFC 5322 §3.6.7: the time stands after the last semicolon. */
function timeOf(line: string): number | null {
  const semicolon = line.lastIndexOf(';');
  return semicolon < 0 ? null : (parseMailDate(line.slice(semicolon + 1))?.epoch ?? null);
}
