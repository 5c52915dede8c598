import { COUNTING } from '../review/tag.ts';
import type { FoundSeries } from '../store/search.ts';
import { changePath } from './links.ts';
import { READINESS_STATES, SERIES_STATES, count, moment, personWords, short, versionWords } from './words.ts';
import type { Badge, Moment } from './words.ts';

/** One line of a list of changes, told by its newest version. */
export interface SeriesLine {
  readonly subject: string;
  readonly href: string;
  readonly version: string;
  readonly project: string;
  /** Empty: the default branch. */
  readonly target: string;
  readonly author: string;
  readonly patches: string;
  /** Where it stands: its readiness, or why nobody asks for that. */
  readonly state: Badge;
  /** The first thing that it lacks, and how many more there are; empty where it lacks nothing. */
  readonly lacks: string;
  /** Patches that somebody has approved, of all: for a bar and in words. */
  readonly approved: number;
  readonly total: number;
  readonly comments: string;
  readonly posted: Moment;
  /** The last mail of the thread; null where that is the posting itself. */
  readonly active: Moment | null;
}

export interface SeriesTable {
  readonly caption: string;
  readonly rows: readonly SeriesLine[];
}

/** Kinds of tag that approve a patch. */
const APPROVING: ReadonlySet<string> = new Set(['Reviewed-by', 'Acked-by']);

export function seriesLine(found: FoundSeries, now: number): SeriesLine {
  const { series, readiness, comments, active } = found;
  const total = series.patches.length + series.missing.length;
  const [first = '', ...others] = series.state === 'complete' ? readiness.missing : [];
  return {
    subject: short(series.subject) || '(no subject)',
    href: changePath(series.change, series.project),
    version: versionWords(series),
    project: series.project,
    target: short(series.target ?? '', 40),
    author: personWords(series.author),
    patches: series.complete ? count(total, 'patch', 'patches') : `${series.patches.length} of ${total} patches`,
    state: series.state === 'complete' ? READINESS_STATES[readiness.state] : SERIES_STATES[series.state],
    lacks: first === '' ? '' : `${short(first, 110)}${others.length === 0 ? '' : ` (and ${others.length} more)`}`,
    approved: approvedPatches(found),
    total,
    comments: comments === 0 ? '' : count(comments, 'reply', 'replies'),
    posted: moment(series.posted, now),
    active: active > series.posted ? moment(active, now) : null,
  };
}

function approvedPatches({ series, tags }: FoundSeries): number {
  const approves = (msgid: string): boolean =>
    (tags.patches.get(msgid) ?? []).some(({ kind, status }) => APPROVING.has(kind) && COUNTING.has(status));
  return series.patches.filter(({ msgid }) => approves(msgid)).length;
}

/** Name of a version on the page of its change: from the key, because a resend has the same number. */
export function versionId(series: { readonly version: number; readonly key: string }): string {
  return `v${series.version}-${series.key.slice(0, 8)}`;
}
