import type { Disposition, Series, SeriesPatch } from '../series/series.ts';
import type { Remark } from './tag.ts';

/** Where the tags of one reply go. */
export interface Target {
  readonly series: Series;
  readonly patches: readonly SeriesPatch[];
  /** True where the whole series is meant: the tag is shown on the cover, too. */
  readonly wide: boolean;
  /** In words, for the evidence. */
  readonly why: string;
}

/** Finds series by the Message-IDs of their covers and patches. */
export function seriesByMail(series: readonly Series[]): ReadonlyMap<string, Series> {
  const found = new Map<string, Series>();
  for (const one of series) {
    if (one.cover !== null) found.set(one.cover, one);
    for (const patch of one.patches) found.set(patch.msgid, one);
  }
  return found;
}

/** Which patches a remark in a reply is for; null where the reply is about no posting. */
export function targetOf(remark: Remark, reply: Disposition, byMail: ReadonlyMap<string, Series>): Target | null {
  const series = reply.about === null ? undefined : byMail.get(reply.about);
  if (series === undefined) return null;
  const { scope } = remark;
  if (scope !== null && scope !== 'series') {
    const patches = series.patches.filter((patch) => scope.includes(patch.index));
    if (patches.length > 0) return { series, patches, wide: false, why: `the mail names patches ${scope.join(', ')}` };
  }
  const own = series.patches.find((patch) => patch.msgid === reply.about);
  if (own === undefined) {
    return { series, patches: series.patches, wide: true, why: 'reply to the cover: counts for all patches' };
  }
  if (scope === 'series' && series.patches.length > 1) {
    return {
      series,
      patches: series.patches,
      wide: true,
      why: `reply to patch ${own.index} that speaks of the series`,
    };
  }
  return { series, patches: [own], wide: false, why: 'reply to the patch' };
}
