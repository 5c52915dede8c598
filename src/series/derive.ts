import { assemble } from './assemble.ts';
import { changesOf } from './change.ts';
import { dispositionOf, type Placed } from './disposition.ts';
import type { Entry } from './entry.ts';
import { type Group, groupsOf } from './group.ts';
import { compareEntries } from './posting.ts';
import { projectOf } from './route.ts';
import type { Disposition, ProjectRules, Series } from './series.ts';
import { type Threads, threadsOf } from './thread.ts';

/** Each Message-ID once: of copies the first in the order of posting counts, and of equal times the one that sorts first. */
function distinct(entries: readonly Entry[]): Entry[] {
  const seen = new Map<string, Entry>();
  for (const entry of entries) {
    const other = seen.get(entry.msgid);
    const before = other === undefined ? -1 : compareEntries(entry, other);
    const first = other === undefined || before < 0 || (before === 0 && JSON.stringify(entry) < JSON.stringify(other));
    if (first) seen.set(entry.msgid, entry);
  }
  return [...seen.values()].sort(compareEntries);
}

/** The project of a series is its head's; a patch's where the head names none. */
function projectOfGroup(group: Group, rules: readonly ProjectRules[]): string | null {
  for (const entry of [group.head, ...group.patches]) {
    const rule = projectOf(entry, rules);
    if (rule !== null) return rule.name;
  }
  return null;
}

interface Derived {
  readonly series: Series[];
  readonly placed: Map<string, Placed>;
  /** Postings of series that no project takes. */
  readonly unrouted: Set<string>;
}

function deriveProjects(groups: readonly Group[], threads: Threads, rules: readonly ProjectRules[]): Derived {
  const byProject = new Map<string, Group[]>();
  const derived: Derived = { series: [], placed: new Map(), unrouted: new Set() };
  for (const group of groups) {
    const project = projectOfGroup(group, rules);
    if (project === null) for (const entry of mailsOf(group)) derived.unrouted.add(entry.msgid);
    else if (byProject.get(project)?.push(group) === undefined) byProject.set(project, [group]);
  }
  for (const [project, own] of byProject) {
    for (const change of changesOf(own, threads)) {
      for (const placed of assemble(project, change)) {
        derived.series.push(placed.series);
        for (const entry of mailsOf(placed.group)) derived.placed.set(entry.msgid, placed);
      }
    }
  }
  return derived;
}

function mailsOf(group: Group): Entry[] {
  return [...(group.cover === null ? [] : [group.cover]), ...group.patches, ...group.duplicates];
}

/**
 * Series and dispositions of one component (see `linkKeys`): a pure function of the set of its mails. Any order of `entries`
 * gives the identical result; series come by time and Message-ID, dispositions likewise, one for each Message-ID.
 */
export function deriveSeries(
  entries: readonly Entry[],
  rules: readonly ProjectRules[],
): { series: Series[]; dispositions: Disposition[] } {
  const sorted = distinct(entries);
  const threads = threadsOf(sorted);
  const { series, placed, unrouted } = deriveProjects(groupsOf(sorted, threads), threads, rules);
  const dispositions = sorted.map((entry) =>
    dispositionOf(entry, threads, placed, {
      project: projectOf(entry, rules)?.name ?? null,
      unrouted: unrouted.has(entry.msgid),
    }),
  );
  series.sort((one, other) => one.posted - other.posted || (one.msgid < other.msgid ? -1 : 1));
  return { series, dispositions };
}
