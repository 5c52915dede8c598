import type { SeriesKey } from '../src/store/series.ts';

/** A series to be applied, on the base that the rules choose or on one that somebody who may has asked for. */
export interface ApplyKey extends SeriesKey {
  readonly base?: string;
}

/** The job that follows a complete series. One at a time for each repository. */
export function mirrorJob(of: ApplyKey) {
  return { kind: 'mirror', key: `${of.project} ${of.key}`, payload: of, lane: `git ${of.project}` } as const;
}

/** The job that follows tags on a series. In the lane of the mirror's, so that it comes after what is being applied. */
export function tagsJob(of: SeriesKey) {
  return { kind: 'tags', key: `${of.project} ${of.key}`, payload: of, lane: `git ${of.project}` } as const;
}
