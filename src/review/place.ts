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
  /** True where the mail names patches that the series does not have: what it is for is a person's to say. */
  readonly unclear: boolean;
}

/** Finds series by the Message-IDs of their covers and patches: one, or one in each project that has the mail. */
export function seriesByMail(series: readonly Series[]): ReadonlyMap<string, readonly Series[]> {
  const found = new Map<string, Series[]>();
  for (const one of series) {
    const mails = [...(one.cover === null ? [] : [one.cover]), ...one.patches.map((patch) => patch.msgid)];
    for (const msgid of mails) {
      const known = found.get(msgid);
      if (known === undefined) found.set(msgid, [one]);
      // A patch that a later revision borrows is answered where it was posted.
      else if (!known.some((other) => other.project === one.project)) known.push(one);
    }
  }
  return found;
}

/** Which patches a remark in a reply is for, in each project; none where the reply is about no posting. */
export function targetsOf(
  remark: Remark,
  reply: Disposition,
  byMail: ReadonlyMap<string, readonly Series[]>,
): Target[] {
  const { about } = reply;
  if (about === null) return [];
  return (byMail.get(about) ?? []).map((series) => {
    const target = targetIn(series, about, remark);
    return reply.bySubject === true
      ? { ...target, why: `${target.why}, which was found by subject and author` }
      : target;
  });
}

function targetIn(series: Series, about: string, { scope }: Remark): Target {
  const numbers = scope === null || scope === 'series' ? [] : scope;
  const named = series.patches.filter((patch) => numbers.includes(patch.index));
  const words = `the mail names patch${numbers.length === 1 ? '' : 'es'} ${numbers.slice(0, 10).join(', ')}`;
  if (named.length > 0) return { series, patches: named, wide: false, why: words, unclear: false };
  const unclear = numbers.length > 0;
  const place = placeOf(series, about, scope === 'series');
  return { series, ...place, unclear, why: unclear ? `${words}, of which the series has none` : place.why };
}

function placeOf(series: Series, about: string, ofSeries: boolean): Pick<Target, 'patches' | 'wide' | 'why'> {
  const own = series.patches.find((patch) => patch.msgid === about);
  if (own === undefined) {
    return { patches: series.patches, wide: true, why: 'reply to the cover: counts for all patches' };
  }
  if (ofSeries && series.patches.length > 1) {
    return { patches: series.patches, wide: true, why: `reply to patch ${own.index} that speaks of the series` };
  }
  return { patches: [own], wide: false, why: 'reply to the patch' };
}
