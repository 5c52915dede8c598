import type { Entry } from './entry.ts';

/** A pull request by its subject (`[GIT PULL]`, `[PULL 00/12]`): its parts are no series. */
export function isPull(entry: Entry): boolean {
  return entry.parsed.words.some((word) => word === 'PULL' || word === 'GIT-PULL' || word === 'PULL-REQUEST');
}

/** A cover, `0/n`. A cover may carry a diff; it stays a cover. */
export function isCover(entry: Entry): boolean {
  return !entry.parsed.reply && entry.parsed.index === 0 && !isPull(entry);
}

/** A patch of a series. A mail that holds a diff but does not say PATCH is somebody's attempt, no posting. */
export function isSeriesPatch(entry: Entry): boolean {
  const { reply, index, patch } = entry.parsed;
  return entry.patch !== null && patch && !reply && index !== 0 && !isPull(entry);
}

/** By time of posting, then Message-ID: a total order that does not depend on arrival. */
export function compareEntries(one: Entry, other: Entry): number {
  return one.posted - other.posted || (one.msgid < other.msgid ? -1 : Number(one.msgid > other.msgid));
}
