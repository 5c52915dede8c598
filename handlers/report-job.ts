import type { SeriesKey } from '../src/store/series.ts';

/** The job that follows a mirror without builds, or the last check: decides whether something is to be said. */
export function reportJob(of: SeriesKey) {
  return { kind: 'report', key: `${of.project} ${of.key}`, payload: of } as const;
}
