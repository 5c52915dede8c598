import type { Series } from '../series/series.ts';
import { isSamePerson } from './identity.ts';
import { kindOf } from './kinds.ts';
import { COUNTING, type Readiness, type SeriesTags, type Tag } from './tag.ts';

function isReview(tag: Tag): boolean {
  return COUNTING.has(tag.status) && kindOf(tag.kind)?.review === true;
}

function objectionsOf(series: Series, tags: SeriesTags): string[] {
  const open = series.patches.flatMap((patch) =>
    (tags.patches.get(patch.msgid) ?? [])
      .filter((tag) => tag.status === 'objection')
      .map((tag) => `patch ${patch.index}: ${tag.kind} ${tag.name} <${tag.email}>`),
  );
  return [...new Set(open)];
}

function gapsOf(series: Series, tags: SeriesTags): string[] {
  const arrivals = series.missing.map((index) => `patch ${index} has not arrived`);
  const reviews = series.patches
    .filter((patch) => {
      const reviewed = (tags.patches.get(patch.msgid) ?? []).some(
        (tag) => isReview(tag) && !isSamePerson(tag, patch.author),
      );
      return !reviewed;
    })
    .map((patch) => `patch ${patch.index}: no Acked-by or Reviewed-by by somebody other than the author`);
  return [...arrivals, ...reviews];
}

/**
 * The check-in policy in its general form (Xen's MAINTAINERS, "Check-in policy"): every patch is approved by somebody other than
 * its author, nobody objects, and nothing is missing. `blocked` is an open objection, `waiting` all else that is missing.
 */
export function readinessOf(series: Series, tags: SeriesTags): Readiness {
  const objections = objectionsOf(series, tags);
  const missing = [...objections, ...gapsOf(series, tags)];
  if (objections.length > 0) return { state: 'blocked', missing };
  if (series.patches.length === 0 || missing.length > 0) return { state: 'waiting', missing };
  return { state: 'ready', missing };
}
