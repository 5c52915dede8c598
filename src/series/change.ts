import { createHash } from 'node:crypto';
import type { Entry } from './entry.ts';
import type { Group } from './group.ts';
import { Partition } from './partition.ts';
import { personKey } from './person.ts';
import type { Threads } from './thread.ts';
import { normalTitle, slugOf, titleLikeness } from './title.ts';

/** All versions of one piece of work, oldest first. */
export interface Change {
  readonly name: string;
  readonly versions: readonly Group[];
  /** Why a version is one, in words. */
  readonly evidence: ReadonlyMap<Group, readonly string[]>;
}

/** Sets of groups that are the same work, and why. The later of two is the one that has the evidence. */
class Links {
  readonly partition: Partition;
  readonly groups: readonly Group[];
  readonly evidence = new Map<Group, Set<string>>();

  constructor(groups: readonly Group[]) {
    this.groups = groups;
    this.partition = new Partition(groups.length);
  }

  /** Says that two are the same work, for `why` in words that go before the other's version. */
  join(one: number, other: number, why: string): void {
    this.partition.join(one, other);
    const [later, earlier] = [this.groups[Math.max(one, other)], this.groups[Math.min(one, other)]];
    if (later === undefined || earlier === undefined) return;
    const words = this.evidence.get(later) ?? new Set();
    this.evidence.set(later, words);
    const revision = earlier.revision > 0 ? `.${earlier.revision}` : '';
    if (words.size < 10) words.add(`${why} v${earlier.version}${revision}`);
  }
}

/** Titles that share this much of their words are close, where the version number says that there was an earlier one. */
const CLOSE = 0.6;

function compareVersions(one: Group, other: Group): number {
  return (
    one.version - other.version ||
    one.revision - other.revision ||
    one.head.posted - other.head.posted ||
    (one.head.msgid < other.head.msgid ? -1 : 1)
  );
}

function headKey(group: Group): string {
  return `${personKey(group.head.from)}\n${normalTitle(group.head.parsed.title)}`;
}

/** Whether one can be the successor of the other: numbers that differ, or a posting that was repeated as it was. */
function canFollow(one: Group, other: Group): boolean {
  if (one.version !== other.version || one.revision !== other.revision) return true;
  return headKey(one) === headKey(other) && one.total === other.total;
}

/** What a group shares with its other versions: per patch the author's title and the content. */
function patchKeys(group: Group): string[] {
  return group.patches.flatMap((entry) => [
    `title\n${personKey(entry.from)}\n${normalTitle(entry.parsed.title)}`,
    ...(entry.patch === null ? [] : [`hash\n${personKey(entry.from)}\n${entry.patch.contentHash}`]),
  ]);
}

/** Groups by key. Neighbours in the list are compared, not all with all: the cost stays linear. */
function neighbours(groups: readonly Group[], keysOf: (group: Group) => readonly string[]): [number, number, string][] {
  const last = new Map<string, number>();
  const pairs: [number, number, string][] = [];
  for (const [index, group] of groups.entries()) {
    for (const key of new Set(keysOf(group))) {
      const before = last.get(key);
      if (before !== undefined) pairs.push([before, index, key]);
      last.set(key, index);
    }
  }
  return pairs;
}

function joinByHead(links: Links): void {
  const { groups } = links;
  const idOf = (group: Group): string[] =>
    [group.cover, ...group.patches].flatMap((entry) => (entry?.changeId == null ? [] : [entry.changeId]));
  for (const [one, other] of neighbours(groups, idOf)) links.join(one, other, 'the same change-id as');
  for (const [one, other] of neighbours(groups, (group) => [headKey(group)])) {
    const [a, b] = [groups[one], groups[other]];
    if (a !== undefined && b !== undefined && canFollow(a, b)) links.join(one, other, 'the same author and title as');
  }
}

/** Joins where at least half of the smaller one's patches are in the other, by title or by content. */
function joinByPatches(links: Links): void {
  const { groups } = links;
  const shared = new Map<string, number>();
  for (const [one, other, key] of neighbours(groups, patchKeys)) {
    const pair = `${one} ${other} ${key.slice(0, 4)}`;
    shared.set(pair, (shared.get(pair) ?? 0) + 1);
  }
  for (const [pair, count] of shared) {
    const [one = 0, other = 0] = pair.split(' ').map(Number);
    const [a, b] = [groups[one], groups[other]];
    if (a === undefined || b === undefined || !canFollow(a, b)) continue;
    const [, , kind = ''] = pair.split(' ');
    const what = kind === 'hash' ? 'the same content' : `the same title${count === 1 ? '' : 's'}`;
    if (count * 2 >= Math.min(a.patches.length, b.patches.length))
      links.join(one, other, `${count} ${count === 1 ? 'patch' : 'patches'} with ${what} as`);
  }
}

/** A version that was sent as an answer to an earlier one of the same author. */
function joinByReply(links: Links, threads: Threads): void {
  const { groups } = links;
  const owner = new Map<string, number>();
  for (const [index, group] of groups.entries()) {
    for (const entry of [group.cover, ...group.patches]) if (entry !== null) owner.set(entry.msgid, index);
  }
  for (const [index, group] of groups.entries()) {
    for (const above of threads.ancestors(group.head.msgid)) {
      const other = owner.get(above.msgid);
      const earlier = other === undefined ? undefined : groups[other];
      if (other === undefined || other === index || earlier === undefined) continue;
      const later =
        group.version > earlier.version || (group.version === earlier.version && group.revision > earlier.revision);
      if (later && personKey(earlier.head.from) === personKey(group.head.from))
        links.join(index, other, 'an answer of the author to');
      break;
    }
  }
}

/** A later version whose earlier one was not found by any surer sign: the closest title of the author's recent work. */
function joinByCloseTitle(links: Links): void {
  const { groups, partition } = links;
  const recent = new Map<string, number[]>();
  for (const [index, group] of groups.entries()) {
    const author = personKey(group.head.from);
    const before = recent.get(author) ?? [];
    recent.set(author, before);
    const candidates = before.slice(-20).filter((other) => (groups[other]?.version ?? 0) < group.version);
    const linked = candidates.some((other) => partition.find(other) === partition.find(index));
    const title = normalTitle(group.head.parsed.title);
    const likeness = (other: number): number =>
      titleLikeness(title, normalTitle(groups[other]?.head.parsed.title ?? ''));
    const best = linked ? undefined : candidates.toSorted((a, b) => likeness(b) - likeness(a) || b - a)[0];
    if (best !== undefined && likeness(best) >= CLOSE)
      links.join(index, best, 'the same author and a title close to that of');
    before.push(index);
  }
}

function nameOf(versions: readonly Group[], first: Group): string {
  const ids = versions.flatMap((group) =>
    [group.cover, ...group.patches].flatMap((entry: Entry | null) => entry?.changeId ?? []),
  );
  const stable = ids.sort()[0] ?? first.head.msgid;
  const digest = createHash('sha256').update(stable).digest('hex').slice(0, 8);
  return `${slugOf(first.head.parsed.title)}-${digest}`;
}

/** Joins the versions of the same work. All `groups` are of one project: work never moves from one to another by itself. */
export function changesOf(groups: readonly Group[], threads: Threads): Change[] {
  const sorted = groups.toSorted(
    (one, other) => one.head.posted - other.head.posted || (one.head.msgid < other.head.msgid ? -1 : 1),
  );
  const links = new Links(sorted);
  joinByHead(links);
  joinByPatches(links);
  joinByReply(links, threads);
  joinByCloseTitle(links);
  return links.partition.sets().flatMap((set) => {
    const versions = set.flatMap((index) => sorted[index] ?? []).sort(compareVersions);
    const [first] = versions;
    if (first === undefined) return [];
    const evidence = new Map(versions.map((group) => [group, [...(links.evidence.get(group) ?? [])]] as const));
    return [{ name: nameOf(versions, first), versions, evidence }];
  });
}
