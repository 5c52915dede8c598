import type { Check } from '../ci/run.ts';
import type { MirrorResult } from '../mirror/mirror.ts';
import { COUNTING, type Readiness, type SeriesTags } from '../review/tag.ts';
import type { Series } from '../series/series.ts';
import { isStale } from './applies.ts';
import type { Meaning } from './paint.ts';

/** A word for a cell, and what its colour says. */
export interface Word {
  readonly text: string;
  readonly meaning: Meaning | null;
}

/** `v2`, `v2.1`; a resend is marked with `r`. */
export function versionWord({ version, revision, resend }: Series): string {
  return `v${version}${revision === 0 ? '' : `.${revision}`}${resend ? 'r' : ''}`;
}

export function mirrorWord(mirror: MirrorResult | null): Word {
  if (mirror === null) return { text: '-', meaning: null };
  if (isStale(mirror)) return { text: 'stale', meaning: 'warning' };
  return {
    text: mirror.state,
    meaning: mirror.state === 'applied' ? 'good' : mirror.state === 'error' ? 'warning' : 'bad',
  };
}

/** The worst of all checks. */
export function checksWord(checks: readonly Check[]): Word {
  const states = new Set(checks.map(({ state }) => state));
  if (states.has('fail')) return { text: 'fail', meaning: 'bad' };
  if (states.has('pending')) return { text: 'pending', meaning: 'warning' };
  if (states.has('warning')) return { text: 'warning', meaning: 'warning' };
  return states.has('success') ? { text: 'success', meaning: 'good' } : { text: '-', meaning: null };
}

export function readyWord(readiness: Readiness): Word {
  const meanings = { ready: 'good', waiting: null, blocked: 'bad', unknown: 'quiet' } as const;
  return { text: readiness.state, meaning: meanings[readiness.state] };
}

const LETTERS = ['Acked-by', 'Reviewed-by', 'Tested-by'];

/** Number of patches that have a counting Acked-by, Reviewed-by and Tested-by: `2/4/-`. */
export function tagCounts(series: Series, tags: SeriesTags): string {
  const counts = LETTERS.map((kind) => {
    const has = series.patches.filter(({ msgid }) =>
      (tags.patches.get(msgid) ?? []).some((tag) => tag.kind === kind && COUNTING.has(tag.status)),
    );
    return has.length === 0 ? '-' : String(has.length);
  });
  return counts.join('/');
}

const UNITS = [
  { letter: 'y', seconds: 365 * 86_400 },
  { letter: 'd', seconds: 86_400 },
  { letter: 'h', seconds: 3600 },
  { letter: 'm', seconds: 60 },
];

/** Age in one unit: `5m`, `3h`, `12d`, `2y`. Both times in epoch milliseconds; the future is `0m`. */
export function ageWord(then: number, now: number): string {
  const seconds = Math.max(0, now - then) / 1000;
  const unit = UNITS.find((candidate) => seconds >= candidate.seconds) ?? { letter: 'm', seconds: 60 };
  return `${Math.floor(seconds / unit.seconds)}${unit.letter}`;
}
