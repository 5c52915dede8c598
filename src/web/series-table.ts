import type { StoredSeries } from '../store/series.ts';
import { changePath } from './links.ts';
import { READINESS_STATES, SERIES_STATES, count, moment, personWords, short, versionWords } from './words.ts';
import type { Badge, Moment } from './words.ts';

/** One line of a list of series. */
export interface SeriesLine {
  readonly subject: string;
  readonly href: string;
  readonly version: string;
  readonly project: string;
  readonly author: string;
  readonly patches: string;
  readonly state: Badge;
  /** Null where it is of no interest: the series is superseded. */
  readonly readiness: Badge | null;
  readonly posted: Moment;
}

export interface SeriesTable {
  readonly caption: string;
  readonly rows: readonly SeriesLine[];
}

export function seriesLine({ series, readiness }: StoredSeries, now: number): SeriesLine {
  const total = series.patches.length + series.missing.length;
  return {
    subject: short(series.subject) || '(no subject)',
    href: changePath(series.change, series.project, versionId(series)),
    version: versionWords(series),
    project: series.project,
    author: personWords(series.author),
    patches: series.complete ? count(total, 'patch', 'patches') : `${series.patches.length} of ${total} patches`,
    state: SERIES_STATES[series.state],
    readiness: series.state === 'superseded' ? null : READINESS_STATES[readiness.state],
    posted: moment(series.posted, now),
  };
}

/** Name of a version on the page of its change: from the key, because a resend has the same number. */
export function versionId(series: { readonly version: number; readonly key: string }): string {
  return `v${series.version}-${series.key.slice(0, 8)}`;
}
