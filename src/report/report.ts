import type { Check, Verdict } from '../ci/run.ts';
import type { Base, Conflict, Fit, MirrorResult } from '../mirror/mirror.ts';
import type { Series } from '../series/series.ts';
import { isStale } from './applies.ts';

/** What is to be said to the list about one series. A value, complete in itself; an outgoing message is its rendering. */
export interface Report {
  readonly kind: 'received' | 'held' | 'conflict' | 'stale' | 'build-failed' | 'success' | 'changed';
  readonly project: string;
  readonly seriesKey: string;
  /** What happened, the same each time it is found: `build-failed:2`, `conflict:3`, `stale:3`, `held`, `received`, `success`. One mail for each version and outcome. */
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
  /** Checks that blame nobody and are worth a line: broken on the base too, flaky, known, or mended by the series; one for each job. */
  readonly notes: readonly Check[];
  /** True where the last patch passes though `patch` fails. */
  readonly tipPasses: boolean;
  readonly conflict: Conflict | null;
  /** Numbers of the patches that have not been seen. */
  readonly missing: readonly number[];
  /** What was said of the same version before, in words of the past, where that is what it is about; else null. */
  readonly before: string | null;
  /** What was said of an earlier version and no longer holds, as a sentence; else empty. */
  readonly since: string;
}

/** What a mail of ours can be: a report, the answer to a request, a project's digest, or a notice to the operator. */
export type SaidKind = Report['kind'] | 'answer' | 'digest' | 'notice';

/** shadow: nothing leaves; moderate: waits for a yes; live: is sent. */
export type SendMode = 'shadow' | 'moderate' | 'live';

/** What a project wants to be said. */
export interface ReportSettings {
  /** Also where everything passes. */
  readonly success: boolean;
  /** Also that patches are missing. Off unless asked: most arrive a little later. */
  readonly held?: boolean;
  /** Also that all patches have arrived, before anything else is known. Off unless asked. */
  readonly received?: boolean;
  /** Also that the branch has moved so that an applied series does not fit any more. Off unless asked: branches move all the time. */
  readonly stale?: boolean;
}

/** What is known of one series when the question is asked. */
export interface ReportFacts {
  readonly series: Series;
  readonly mirror: MirrorResult | null;
  readonly checks: readonly Check[];
  /** Null where nothing has been built. */
  readonly verdict: Verdict | null;
  readonly settings: ReportSettings;
}

/**
 * What is to be said about a series now, or null for nothing: superseded versions, faults of this machine (and of the code before the
 * series), runs that have not ended, and success or receipt that nobody asked to hear of.
 */
export function reportOf(facts: ReportFacts): Report | null {
  const { series, verdict, settings } = facts;
  if (series.state === 'superseded') return null;
  if (!series.complete) return settings.held === true ? heldReport(facts) : null;
  const result = resultReport(facts);
  if (result !== null) return result;
  return settings.received === true && verdict === null ? receivedReport(facts) : null;
}

/** What came of applying and building it. */
function resultReport(facts: ReportFacts): Report | null {
  const { mirror, verdict, settings } = facts;
  // Patches for another repository come by several lists: nobody wants to hear on this one that they do not fit here.
  if (mirror?.state === 'conflict' && mirror.conflict !== null)
    return mirror.conflict.elsewhere === true ? null : conflictReport(facts, mirror.conflict);
  if (mirror?.state !== 'applied') return null;
  if (verdict?.state === 'fail') return failureReport(facts, verdict);
  if (settings.stale === true && isStale(mirror)) return staleReport(facts, mirror.onTip);
  // Where something is broken on the base as well nobody is praised, and nobody blamed.
  return verdict?.state === 'success' && settings.success ? successReport(facts) : null;
}

function commonOf({ series, mirror }: ReportFacts) {
  return {
    project: series.project,
    seriesKey: series.key,
    replyTo: series.msgid,
    patch: null,
    base: mirror?.base ?? null,
    ref: mirror?.ref ?? null,
    tip: mirror?.tip ?? null,
    checks: [],
    notes: [],
    tipPasses: false,
    conflict: null,
    missing: [],
    before: null,
    since: '',
  };
}

function heldReport(facts: ReportFacts): Report {
  const { missing } = facts.series;
  const summary = missing.length === 0 ? 'incomplete' : `incomplete: ${missing.join(', ')} missing`;
  return { ...commonOf(facts), kind: 'held', outcome: 'held', summary, missing };
}

function receivedReport(facts: ReportFacts): Report {
  return { ...commonOf(facts), kind: 'received', outcome: 'received', summary: 'has arrived whole' };
}

function conflictReport(facts: ReportFacts, conflict: Conflict): Report {
  const { index, msgid } = conflict;
  const summary = `patch ${index}/${facts.series.patches.length} does not apply`;
  return {
    ...commonOf(facts),
    kind: 'conflict',
    outcome: `conflict:${index}`,
    replyTo: msgid,
    patch: index,
    summary,
    conflict,
  };
}

function staleReport(facts: ReportFacts, { base, conflict }: Fit): Report | null {
  if (conflict === null) return null;
  const report = conflictReport(facts, conflict);
  const summary = `patch ${conflict.index}/${facts.series.patches.length} does not apply any more`;
  return { ...report, kind: 'stale', outcome: `stale:${conflict.index}`, base, summary };
}

function failureReport(facts: ReportFacts, verdict: Verdict): Report {
  const { series } = facts;
  const patch = series.patches.find(({ index }) => index === verdict.firstFailing) ?? null;
  const checks = verdict.failing.filter((check) => check.patch === (patch?.msgid ?? null));
  const where = patch === null ? 'the series' : `patch ${patch.index}/${series.patches.length}`;
  return {
    ...commonOf(facts),
    kind: 'build-failed',
    outcome: `build-failed:${patch?.index ?? 'series'}`,
    replyTo: patch?.msgid ?? series.msgid,
    patch: patch?.index ?? null,
    summary: `${where} does not pass ${checks.map((check) => check.context).join(', ')}`,
    checks,
    notes: notesOf(facts.checks),
    tipPasses: verdict.tipPasses,
  };
}

function successReport(facts: ReportFacts): Report {
  const passed = facts.checks.filter((check) => check.state === 'success');
  const notes = notesOf(facts.checks);
  const broken = notes.some(({ state }) => state === 'warning');
  const summary = broken ? 'applies, and breaks nothing that its base passes' : 'applies, and every patch of it passes';
  return { ...commonOf(facts), kind: 'success', outcome: 'success', summary, checks: passed, notes };
}

function notesOf(checks: readonly Check[]): readonly Check[] {
  const judged = checks.filter(({ state, judged }) => judged !== undefined && state !== 'fail');
  return [...new Map(judged.map((check) => [check.context, check])).values()];
}
