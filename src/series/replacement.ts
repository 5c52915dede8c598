import type { Entry } from './entry.ts';
import { type Group, indexOf, missingOf } from './group.ts';
import { personKey } from './person.ts';
import type { Threads } from './thread.ts';
import { normalTitle } from './title.ts';

/** Later is greater. */
function compareNumbers(one: Group, other: Group): number {
  return one.version - other.version || one.revision - other.revision || one.head.posted - other.head.posted;
}

function isSamePoster(one: Entry, other: Entry): boolean {
  return personKey(one.from) === personKey(other.from);
}

/** Whether `entry` says that it stands in the place of `old`: its answer, or, as `v2.1 2/3`, the same part by title. */
function isInPlaceOf(entry: Entry, old: Entry, group: Group, base: Group, threads: Threads): boolean {
  if (entry.parsed.total !== base.total || old.parsed.index !== entry.parsed.index) return false;
  for (const above of threads.ancestors(entry.msgid)) if (above === old) return true;
  const revised = group.revision > 0 && group.version === base.version;
  return revised && normalTitle(old.parsed.title) === normalTitle(entry.parsed.title);
}

/** Earlier postings of one person that are looked at: a flood of incomplete series must not cost a square. */
const LOOKED_AT = 20;

/** The version that an incomplete one completes: the newest earlier one of which each of its patches replaces one. */
function baseOf(group: Group, earlier: readonly Group[], threads: Threads): Group | null {
  if (group.cover !== null || group.patches.length === 0 || missingOf(group).length === 0) return null;
  const fitting = earlier.slice(-LOOKED_AT).filter(
    (base) =>
      compareNumbers(base, group) < 0 &&
      group.patches.every((entry) => {
        const old = base.patches.find((other) => indexOf(other) === indexOf(entry));
        return old !== undefined && isInPlaceOf(entry, old, group, base, threads);
      }),
  );
  return fitting.toSorted(compareNumbers).at(-1) ?? null;
}

/** The version `base` with these patches in the place of its own. */
function revised(
  base: Group,
  own: readonly Entry[],
  { version, revision }: Pick<Group, 'version' | 'revision'>,
): Group {
  const replaced = new Set(own.map(indexOf));
  const borrowed = base.patches.filter((entry) => !replaced.has(indexOf(entry)));
  const patches = [...borrowed, ...own].sort((one, other) => indexOf(one) - indexOf(other));
  return {
    version,
    revision,
    total: base.total,
    cover: null,
    patches,
    duplicates: new Set(),
    head: own[0] ?? base.head,
    base,
    borrowed: new Set(borrowed),
  };
}

/** The patch that a reply replaces: it is whole, of the same author, title and files, and signed off. Null where it replaces none. */
function repliedTo(entry: Entry, owners: ReadonlyMap<string, Group>, threads: Threads): Entry | null {
  if (!entry.parsed.reply || entry.patch === null || !entry.patch.signed) return null;
  for (const above of threads.ancestors(entry.msgid)) {
    const group = owners.get(above.msgid);
    if (group === undefined || above === group.cover || above.patch === null) continue;
    const paths = new Set(entry.patch.paths);
    const whole =
      isSamePoster(entry, above) &&
      normalTitle(entry.patch.title) === normalTitle(above.patch.title) &&
      above.patch.paths.every((path) => paths.has(path));
    return whole ? above : null;
  }
  return null;
}

/**
 * Folds replacements into the series that they belong to, as a new revision of it that borrows the other patches: `[PATCH v2.1 2/3]`, a
 * `[PATCH v3 2/3]` that answers 2/3 of v2 and stays alone, and a whole patch that its author sends as a reply.
 */
export function foldReplacements(groups: readonly Group[], entries: readonly Entry[], threads: Threads): Group[] {
  const folded: Group[] = [];
  const ofPoster = new Map<string, Group[]>();
  for (const group of groups.toSorted((one, other) => one.head.posted - other.head.posted)) {
    const poster = personKey(group.head.from);
    const earlier = ofPoster.get(poster) ?? [];
    ofPoster.set(poster, earlier);
    const base = baseOf(group, earlier, threads);
    const whole = base === null ? group : revised(base, group.patches, group);
    earlier.push(whole);
    folded.push(whole);
  }
  return foldReplies(folded, entries, threads);
}

function foldReplies(groups: readonly Group[], entries: readonly Entry[], threads: Threads): Group[] {
  const owners = new Map(groups.flatMap((group) => ownPatches(group).map((entry) => [entry.msgid, group] as const)));
  const newest = new Map<Group, Group>();
  const revisions: Group[] = [];
  for (const entry of entries) {
    const old = repliedTo(entry, owners, threads);
    const group = old === null ? undefined : owners.get(old.msgid);
    if (old === null || group === undefined) continue;
    const base = newest.get(group) ?? group;
    // Its subject is that of a reply; its number is that of the patch in whose place it stands.
    const numbered: Entry = { ...entry, parsed: { ...entry.parsed, index: old.parsed.index, total: old.parsed.total } };
    const next = revised(base, [numbered], { version: base.version, revision: base.revision + 1 });
    newest.set(group, next);
    owners.set(entry.msgid, group);
    revisions.push(next);
  }
  return [...groups, ...revisions];
}

/** A group's mails without what it borrows. */
function ownPatches(group: Group): Entry[] {
  return group.patches.filter((entry) => !group.borrowed.has(entry));
}
