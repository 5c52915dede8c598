import { COUNTING } from '../review/tag.ts';
import { asideStates, markedState } from '../report/marks.ts';
import type { SeriesFacts } from '../report/view.ts';
import type { Series } from '../series/series.ts';
import { withMarks } from '../store/facts.ts';
import type { Db } from '../store/schema.ts';
import type { FoundSeries } from '../store/search.ts';
import { changePath } from './links.ts';
import {
  READINESS_STATES,
  SERIES_STATES,
  count,
  moment,
  personWords,
  short,
  stateWords,
  versionWords,
} from './words.ts';
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
  /** Where it stands: what people have set, else its readiness, or why nobody asks for that. */
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

/** Lines of a list, with what people have set of the patches. */
export async function seriesLines(db: Db, found: readonly FoundSeries[], now: number): Promise<readonly SeriesLine[]> {
  return (await withMarks(db, found)).map((one) => seriesLine(one, markedWords(one.series, one.marks), now));
}

/** What people have set of all patches alike, or of some so that the series is not to go in as it is; null where they have not. */
export function markedWords(series: Series, marks: SeriesFacts['marks']): string | null {
  const state = markedState(series, marks);
  if (state !== null) return stateWords(state);
  const [aside] = asideStates(series, marks);
  return aside === undefined ? null : `${stateWords(aside)} in part`;
}

function seriesLine(found: FoundSeries, marked: string | null, now: number): SeriesLine {
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
    state: stateOf(found, marked),
    lacks:
      marked !== null || first === ''
        ? ''
        : `${short(first, 110)}${others.length === 0 ? '' : ` (and ${others.length} more)`}`,
    approved: approvedPatches(found),
    total,
    comments: comments === 0 ? '' : count(comments, 'reply', 'replies'),
    posted: moment(series.posted, now),
    active: active > series.posted ? moment(active, now) : null,
  };
}

/** What people have set says more than what the policy would say. */
function stateOf({ series, readiness }: FoundSeries, marked: string | null): Badge {
  if (series.state !== 'complete') return SERIES_STATES[series.state];
  return marked === null ? READINESS_STATES[readiness.state] : { word: marked, tone: 'info' };
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
