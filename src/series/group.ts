import type { Entry } from './entry.ts';
import { Partition } from './partition.ts';
import { personKey } from './person.ts';
import { compareEntries, isCover, isSeriesPatch } from './posting.ts';
import type { Threads } from './thread.ts';

/** The mails of one posted version. */
export interface Group {
  readonly cover: Entry | null;
  /** By number, one each: of two mails with the same number the earlier counts. */
  readonly patches: readonly Entry[];
  /** Later mails that claim a number that is taken. */
  readonly duplicates: ReadonlySet<Entry>;
  /** Cover, else the patch with the lowest number. */
  readonly head: Entry;
  readonly version: number;
  readonly revision: number;
  readonly total: number;
  /** The version of which this one replaces some patches, or null. */
  readonly base: Group | null;
  /** Of `patches` those that are the base's. */
  readonly borrowed: ReadonlySet<Entry>;
}

/** Parts of an unthreaded series come within this time of each other. */
const WINDOW = 6 * 3_600_000;

/** Number within the series; a patch without one is the only one. */
export function indexOf(entry: Entry): number {
  return entry.parsed.index ?? 1;
}

function shapeOf(entry: Entry): string {
  const { version, revision, total } = entry.parsed;
  return `${personKey(entry.from)}\n${version}.${revision}/${total ?? 0}`;
}

/** Whether `entry`, a numbered patch, belongs to the series of its ancestor `above`. Patches under a cover may lack its version. */
function belongsTo(entry: Entry, above: Entry): boolean {
  if (!isCover(above) && !isSeriesPatch(above)) return false;
  if (above.parsed.index === null || above.parsed.index === entry.parsed.index) return false;
  if (personKey(above.from) !== personKey(entry.from)) return false;
  const sameVersion = above.parsed.version === entry.parsed.version && above.parsed.revision === entry.parsed.revision;
  if (isCover(above)) return sameVersion || (entry.parsed.version === 1 && entry.parsed.revision === 0);
  return sameVersion && above.parsed.total === entry.parsed.total;
}

/** Joins each numbered patch with the nearest ancestor of the same series: shallow and deep threading alike. */
function joinThreads(postings: readonly Entry[], threads: Threads, partition: Partition): void {
  const rank = new Map(postings.map((entry, index) => [entry.msgid, index]));
  for (const [index, entry] of postings.entries()) {
    if (isCover(entry) || entry.parsed.index === null) continue;
    for (const above of threads.ancestors(entry.msgid)) {
      const other = rank.get(above.msgid);
      if (other === undefined || !belongsTo(entry, above)) continue;
      partition.join(index, other);
      break;
    }
  }
}

/** Where pieces of a series that no parent holds together may meet: in their thread, or, without any threading, by time. */
function meetingPlace(piece: readonly Entry[], threads: Threads): string | null {
  const [first] = piece;
  if (first === undefined || first.parsed.index === null) return null;
  const alone = piece.every((entry) => entry.inReplyTo === null && entry.references.length === 0);
  return `${shapeOf(first)}\n${alone ? '' : threads.root(first.msgid)}`;
}

/** Joins pieces of one shape in one place whose numbers do not collide. */
function joinPieces(postings: readonly Entry[], threads: Threads, partition: Partition): void {
  const open = new Map<string, { at: number; posted: number; taken: Set<number> }[]>();
  for (const set of partition.sets()) {
    const piece = set.flatMap((index) => postings[index] ?? []);
    const place = meetingPlace(piece, threads);
    const [at = 0] = set;
    if (place === null) continue;
    const numbers = piece.map(indexOf);
    const posted = piece.at(-1)?.posted ?? 0;
    const hosts = open.get(place) ?? [];
    open.set(place, hosts);
    // Only the newest few are looked at: a flood of equal subjects must not cost a square.
    const host = hosts.slice(-8).find((candidate) => {
      const near = !place.endsWith('\n') || posted - candidate.posted <= WINDOW;
      return near && numbers.every((number) => !candidate.taken.has(number));
    });
    if (host === undefined) hosts.push({ at, posted, taken: new Set(numbers) });
    else {
      partition.join(at, host.at);
      for (const number of numbers) host.taken.add(number);
    }
  }
}

function groupOf(members: readonly Entry[]): Group | null {
  const byNumber = new Map<number, Entry>();
  const duplicates = new Set<Entry>();
  for (const entry of members) {
    const number = isCover(entry) ? 0 : indexOf(entry);
    if (byNumber.has(number)) duplicates.add(entry);
    else byNumber.set(number, entry);
  }
  const cover = byNumber.get(0) ?? null;
  byNumber.delete(0);
  const patches = [...byNumber.entries()].sort(([one], [other]) => one - other).map(([, entry]) => entry);
  const head = cover ?? patches[0];
  if (head === undefined) return null;
  const { version, revision } = head.parsed;
  const total = patches[0]?.parsed.total ?? head.parsed.total ?? 1;
  return { cover, patches, duplicates, head, version, revision, total, base: null, borrowed: new Set() };
}

/** Numbers of the patches that have not been seen. */
export function missingOf(group: Group): number[] {
  const seen = new Set(group.patches.map(indexOf));
  return Array.from({ length: group.total }, (_, index) => index + 1).filter((number) => !seen.has(number));
}

/**
 * Joins a patch that stands alone under a cover of another version to that cover's series, where its number is free: one of four was
 * sent before, and says `v2`, while the others are new.
 */
function joinStrays(postings: readonly Entry[], threads: Threads, partition: Partition): void {
  const rank = new Map(postings.map((entry, index) => [entry.msgid, index]));
  const sets = new Map(partition.sets().flatMap((set) => set.map((index) => [index, set] as const)));
  const taken = new Map<number, Set<number>>();
  for (const [index, entry] of postings.entries()) {
    const parent = threads.parent(entry.msgid);
    const at = parent === null ? undefined : rank.get(parent.msgid);
    if (at === undefined || parent === null || !isCover(parent) || isCover(entry)) continue;
    if (sets.get(index)?.length !== 1 || entry.parsed.total !== parent.parsed.total) continue;
    if (personKey(parent.from) !== personKey(entry.from)) continue;
    const numbers = taken.get(at) ?? new Set(sets.get(at)?.map((other) => postings[other]?.parsed.index ?? 0));
    taken.set(at, numbers);
    if (numbers.has(indexOf(entry))) continue;
    numbers.add(indexOf(entry));
    partition.join(index, at);
  }
}

/** Sorts covers and patches into series. `entries` are sorted. */
export function groupsOf(entries: readonly Entry[], threads: Threads): Group[] {
  const postings = entries.filter((entry) => isCover(entry) || isSeriesPatch(entry)).sort(compareEntries);
  const partition = new Partition(postings.length);
  joinThreads(postings, threads, partition);
  joinPieces(postings, threads, partition);
  joinStrays(postings, threads, partition);
  return partition
    .sets()
    .map((set) => groupOf(set.flatMap((index) => postings[index] ?? [])))
    .filter((group) => group !== null);
}
