import { type Report, type ReportFacts, reportOf } from './report.ts';

/** Whether an outcome is one that was bad news. */
export function isBad(outcome: string): boolean {
  return /^(?:conflict|stale|build-failed|held)\b/.test(plainOutcome(outcome));
}

/** The outcome itself, of a report that told a change to it. */
export function plainOutcome(outcome: string): string {
  return /^changed:(.+) after .+$/.exec(outcome)?.[1] ?? outcome;
}

/** An outcome in words of the past: `patch 2 did not apply`. */
export function outcomeWords(outcome: string): string {
  const [, kind = '', place = ''] = /^([a-z-]+)(?::(\d+|series))?$/.exec(plainOutcome(outcome)) ?? [];
  const what = place === '' || place === 'series' ? 'the series' : `patch ${place}`;
  if (kind === 'conflict') return `${what} did not apply`;
  if (kind === 'stale') return `${what} did not apply any more`;
  if (kind === 'build-failed') return `${what} did not pass the build-test`;
  if (kind === 'held') return 'patches were missing';
  return kind === 'applies' ? 'it applied' : 'it applied and passed';
}

/**
 * What is to be said where something was said before of the same version: only that it changed, and to what. Also good news, where the
 * earlier mail would else stand there as the last word. Null where nothing changed. The name of the outcome holds both ends, so that a
 * result that goes to and fro is told once each way.
 */
export function changeOf(facts: ReportFacts, before: string): Report | null {
  const settings = { ...facts.settings, success: true, received: false };
  const now = reportOf({ ...facts, verdict: blameless(facts.verdict), settings }) ?? appliesNow(facts, before);
  const old = plainOutcome(before);
  if (now === null || now.outcome === old || (!isBad(now.outcome) && !isBad(old))) return null;
  const summary = now.patch === null && !isBad(now.outcome) ? `it ${now.summary}` : now.summary;
  return {
    ...now,
    kind: 'changed',
    outcome: `changed:${now.outcome} after ${old}`,
    before: outcomeWords(old),
    summary,
  };
}

/** What its base fails as well is as good as passed for whom blame has to be taken from. */
function blameless(verdict: ReportFacts['verdict']): ReportFacts['verdict'] {
  return verdict?.state === 'warning' ? { ...verdict, state: 'success' } : verdict;
}

/** It applies after all, or has arrived whole and applies, and nothing has been built. */
function appliesNow(facts: ReportFacts, before: string): Report | null {
  const { series, mirror, verdict } = facts;
  const unapplied = /^(?:conflict|stale|held)\b/.test(plainOutcome(before));
  if (!unapplied || mirror?.state !== 'applied' || verdict !== null || series.state === 'superseded') return null;
  const passed = { state: 'success', firstFailing: null, failing: [], tipPasses: false } as const;
  const report = reportOf({ ...facts, verdict: passed, settings: { success: true } });
  return report === null ? null : { ...report, outcome: 'applies', summary: 'applies' };
}

/** What was said of an earlier version and no longer holds, as a sentence; empty where there is nothing of the kind. */
export function sinceWords(
  now: Report,
  earlier: { readonly version: number; readonly outcome: string } | null,
): string {
  if (earlier === null || !isBad(earlier.outcome)) return '';
  const old = plainOutcome(earlier.outcome);
  const mended =
    now.kind === 'success' || (now.kind === 'build-failed' && (old.startsWith('conflict') || old.startsWith('held')));
  return mended ? `What was said of v${earlier.version} is mended: ${outcomeWords(old)}.` : '';
}
