import { assemble } from './assemble.ts';
import { changesOf } from './change.ts';
import { dispositionOf, type Placed } from './disposition.ts';
import type { Entry } from './entry.ts';
import { type Group, groupsOf } from './group.ts';
import { foldReplacements } from './replacement.ts';
import { compareEntries } from './posting.ts';
import { projectsOf } from './route.ts';
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

/** The projects of a series are its head's; a patch's where the head is in none. */
function projectsOfGroup(group: Group, rules: readonly ProjectRules[]): string[] {
  for (const entry of [group.head, ...group.patches]) {
    const found = projectsOf(entry, rules);
    if (found.length > 0) return found.map((rule) => rule.name);
  }
  return [];
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
    const projects = projectsOfGroup(group, rules);
    if (projects.length === 0) for (const entry of mailsOf(group)) derived.unrouted.add(entry.msgid);
    for (const project of projects) {
      if (byProject.get(project)?.push(group) === undefined) byProject.set(project, [group]);
    }
  }
  for (const [project, own] of byProject) {
    for (const change of changesOf(own, threads)) {
      for (const placed of assemble(project, change)) {
        derived.series.push(placed.series);
        for (const entry of mailsOf(placed.group)) place(derived.placed, entry.msgid, placed);
      }
    }
  }
  return derived;
}

/** A mail that was sent to several projects has its place in the first, which names the others. */
function place(placed: Map<string, Placed>, msgid: string, own: Placed): void {
  const first = placed.get(msgid);
  const project = own.series.project;
  placed.set(msgid, first === undefined ? own : { ...first, alsoIn: [...(first.alsoIn ?? []), project] });
}

function mailsOf(group: Group): Entry[] {
  const own = group.patches.filter((entry) => !group.borrowed.has(entry));
  return [...(group.cover === null ? [] : [group.cover]), ...own, ...group.duplicates];
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
  const groups = foldReplacements(groupsOf(sorted, threads), sorted, threads);
  const { series, placed, unrouted } = deriveProjects(groups, threads, rules);
  const dispositions = sorted.map((entry) =>
    dispositionOf(entry, threads, placed, {
      project: projectsOf(entry, rules)[0]?.name ?? null,
      unrouted: unrouted.has(entry.msgid),
    }),
  );
  series.sort(
    (one, other) =>
      one.posted - other.posted || compareText(one.msgid, other.msgid) || compareText(one.project, other.project),
  );
  return { series, dispositions };
}

const compareText = (one: string, other: string): number => (one < other ? -1 : Number(one > other));
