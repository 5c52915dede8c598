import { access } from 'node:fs/promises';
import { join } from 'node:path';

/** Most mails within one hour: of all, to one list, to one author, about one series. */
export interface Caps {
  readonly total: number;
  readonly list: number;
  readonly author: number;
  readonly series: number;
}

/** What counts of a mail. Addresses are compared in lower case. */
export interface Counted {
  readonly lists: readonly string[];
  readonly authors: readonly string[];
  readonly series: string;
}

/** A mail that left, or may have left, at an epoch-ms time. */
export interface SentMail extends Counted {
  readonly at: number;
}

/** Which cap keeps a mail back, on what, and the epoch ms at which there is room again. */
export interface Capped {
  readonly cap: keyof Caps;
  readonly name: string;
  readonly most: number;
  readonly until: number;
}

const HOUR = 3_600_000;

/** The cap that keeps one more mail back now, or null where it may leave. Where several do, the one that lasts longest. */
export function cappedBy(now: number, sent: readonly SentMail[], mail: Counted, caps: Caps): Capped | null {
  const recent = sent.filter((one) => one.at > now - HOUR);
  const names: readonly (readonly [keyof Caps, string])[] = [
    ['total', ''],
    ['series', mail.series],
    ...mail.lists.map((name) => ['list', name.toLowerCase()] as const),
    ...mail.authors.map((name) => ['author', name.toLowerCase()] as const),
  ];
  const full = names.flatMap(([cap, name]): Capped[] => {
    const times = recent.filter((one) => isCounted(one, cap, name)).map(({ at }) => at);
    if (times.length < caps[cap]) return [];
    // Room comes when so many have grown old that fewer than the cap are left.
    const oldest = times.sort((a, b) => a - b)[times.length - caps[cap]] ?? now;
    return [{ cap, name, most: caps[cap], until: oldest + HOUR }];
  });
  return full.sort((a, b) => b.until - a.until)[0] ?? null;
}

function isCounted(sent: Counted, cap: keyof Caps, name: string): boolean {
  if (cap === 'total') return true;
  if (cap === 'series') return sent.series === name;
  return (cap === 'list' ? sent.lists : sent.authors).some((one) => one.toLowerCase() === name);
}

/** File name of the kill switch in the data directory. */
export const STOP_FILE = 'STOP';

/** The kill switch: a file STOP in the data directory. @returns why sending is stopped, or null */
export async function stopReason(dataDirectory: string): Promise<string | null> {
  const file = join(dataDirectory, STOP_FILE);
  try {
    await access(file);
    return `${file} exists; remove it to send again`;
  } catch (error) {
    // A switch that cannot be seen counts as pulled.
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? null : `${file} cannot be looked for`;
  }
}
