import type { Series } from '../series/series.ts';

/** When a run starts by itself: for every series, only on request, or after so many counting tags. */
export type GateSetting = 'always' | 'on-request' | { readonly tags: number };

export interface GateFacts {
  readonly series: Pick<Series, 'state' | 'complete' | 'missing' | 'rfc'>;
  /** The mirror has commits of it. */
  readonly applied: boolean;
  /** Somebody who may ask has asked for the run. */
  readonly asked: boolean;
  /** Counting tags on its patches, each person once. */
  readonly tags: number;
  /** Jobs of the plan. */
  readonly jobs: number;
}

/** Whether test machines are spent on a series, with the reason in words. Law 9: CI is earned. */
export function gateOf(facts: GateFacts, gate: GateSetting): { readonly run: boolean; readonly reason: string } {
  const { series } = facts;
  const no = (reason: string) => ({ run: false, reason });
  if (!series.complete) {
    return no(series.missing.length > 0 ? `incomplete: ${list(series.missing)} missing` : 'incomplete');
  }
  if (!facts.applied) return no('it does not apply');
  if (facts.jobs === 0) return no('no build-test is set up for what it touches');
  if (facts.asked) return { run: true, reason: 'asked for' };
  if (series.state === 'superseded') return no('a later version has arrived');
  if (series.rfc) return no('RFC: runs when asked for');
  if (gate === 'always') return { run: true, reason: 'complete and applies' };
  if (gate === 'on-request') return no('runs when asked for');
  return facts.tags >= gate.tags
    ? { run: true, reason: `${count(facts.tags)}, ${gate.tags} needed` }
    : no(`waits for tags: ${count(facts.tags)}, ${gate.tags} needed`);
}

const count = (tags: number) => (tags === 1 ? '1 tag' : `${tags} tags`);

/** At most eight numbers: a cover may claim thousands of patches. */
function list(numbers: readonly number[]): string {
  const shown = numbers.slice(0, 8).join(', ');
  const what = numbers.length === 1 ? 'patch' : 'patches';
  return `${what} ${shown}${numbers.length > 8 ? ` and ${numbers.length - 8} more` : ''}`;
}
