import type { Check } from '../ci/run.ts';
import type { Base, Conflict } from '../mirror/mirror.ts';

/** What is to be said to the list about one series. A value, complete in itself; an outgoing message is its rendering. */
export interface Report {
  readonly kind: 'build-failed' | 'conflict' | 'held' | 'success';
  readonly project: string;
  readonly seriesKey: string;
  /** What happened, the same each time it is found: `build-failed:2`, `conflict:3`, `held`, `success`. One mail for each version and outcome. */
  readonly outcome: string;
  /** The message that is answered: the patch that failed, else the cover. */
  readonly replyTo: string;
  /** One line for lists of reports: `patch 2/4 does not build`. Holds nothing that came by mail. */
  readonly summary: string;
  /** Number of the patch that it is about, or null for the series as a whole. */
  readonly patch: number | null;
  readonly base: Base | null;
  /** Where the applied series was published, or null. */
  readonly ref: string | null;
  readonly tip: string | null;
  /** The checks to show: those that fail at `patch`, or all that passed. */
  readonly checks: readonly Check[];
  /** True where the last patch passes though `patch` fails. */
  readonly tipPasses: boolean;
  readonly conflict: Conflict | null;
  /** Numbers of the patches that have not been seen. */
  readonly missing: readonly number[];
}

/** shadow: nothing leaves; moderate: waits for a yes; live: is sent. */
export type SendMode = 'shadow' | 'moderate' | 'live';
