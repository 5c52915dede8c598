import { createHash } from 'node:crypto';
import type { Change } from './change.ts';
import type { Entry } from './entry.ts';
import { type Group, indexOf, missingOf } from './group.ts';
import type { Series, SeriesPatch, SeriesState } from './series.ts';

function patchOfSeries(entry: Entry, total: number): SeriesPatch {
  return {
    index: indexOf(entry),
    total,
    msgid: entry.msgid,
    subject: entry.parsed.title,
    author: entry.patch?.author ?? entry.from,
    date: entry.date,
    contentHash: entry.patch?.contentHash ?? '',
    patchId: entry.patch?.patchId ?? null,
    paths: entry.patch?.paths ?? [],
  };
}

function keyOf(group: Group): string {
  const ids = group.patches.map((entry) => entry.msgid);
  // A cover alone has no patches yet; two such covers are not the same work.
  const text = ids.length > 0 ? ids.join('\n') : `cover\n${group.head.msgid}`;
  return createHash('sha256').update(text).digest('hex');
}

export function isComplete(group: Group): boolean {
  return group.patches.length > 0 && missingOf(group).length === 0;
}

interface Place {
  readonly project: string;
  readonly change: string;
  readonly supersedes: string | null;
  readonly linked: readonly string[];
  /** Whether a later version is complete. */
  readonly superseded: boolean;
}

function assembleOne(group: Group, place: Place): Series {
  const { head, cover, patches } = group;
  const all = cover === null ? patches : [cover, ...patches];
  const complete = isComplete(group);
  const open: SeriesState = complete ? 'complete' : 'held';
  return {
    project: place.project,
    change: place.change,
    version: group.version,
    revision: group.revision,
    resend: all.some((entry) => entry.parsed.resend),
    rfc: all.some((entry) => entry.parsed.rfc),
    msgid: head.msgid,
    cover: cover?.msgid ?? null,
    subject: (group.base?.head ?? head).parsed.title,
    author: head === cover ? head.from : (head.patch?.author ?? head.from),
    date: head.date,
    posted: (patches.length > 0 ? patches : all).reduce((latest, entry) => Math.max(latest, entry.posted), 0),
    state: place.superseded ? 'superseded' : open,
    complete,
    missing: missingOf(group),
    target: all.find((entry) => entry.parsed.target !== null)?.parsed.target ?? null,
    supersedes: place.supersedes,
    linked: place.linked,
    patches: patches.map((entry) => patchOfSeries(entry, group.total)),
    key: keyOf(group),
  };
}

/** The versions of one change as series, oldest first. */
export function assemble(project: string, change: Change): { series: Series; group: Group }[] {
  const lastComplete = change.versions.findLastIndex(isComplete);
  return change.versions.map((group, index) => ({
    group,
    series: assembleOne(group, {
      project,
      change: change.name,
      supersedes: change.versions[index - 1]?.head.msgid ?? null,
      linked: change.evidence.get(group) ?? [],
      superseded: index < lastComplete,
    }),
  }));
}
