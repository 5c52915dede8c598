import type { LiveStep } from '../ci/live-log.ts';
import type { Check, Finding } from '../ci/run.ts';
import type { SeriesPatch } from '../series/series.ts';
import { type BuildRun, buildRunById } from '../store/build-runs.ts';
import { keptChecksOf } from '../store/checks.ts';
import type { Db } from '../store/schema.ts';
import { seriesByKey } from '../store/series.ts';
import { changePath, messagePath } from './links.ts';
import type { RunFiles } from './options.ts';
import { versionId } from './series-table.ts';
import type { Badge, Moment } from './words.ts';
import { CHECK_STATES, count, moment, RUN_STATES, short, versionWords } from './words.ts';

/** One run of build-tests: how far it is, what it says now, and what each check has found. */
export interface RunModel {
  readonly title: string;
  readonly version: string;
  readonly href: string;
  readonly state: Badge;
  readonly reason: string;
  readonly since: Moment;
  readonly live: LiveModel | null;
  readonly checks: readonly CheckModel[];
}

export interface LiveModel {
  readonly words: string;
  readonly done: number;
  readonly total: number;
  /** The last lines; empty where there is no output yet. */
  readonly text: string;
  readonly href: string;
}

export interface CheckModel {
  readonly patch: string;
  readonly subject: string;
  readonly patchHref: string;
  readonly job: string;
  readonly state: Badge;
  readonly summary: string;
  readonly findings: readonly FindingModel[];
  readonly links: readonly { readonly words: string; readonly href: string }[];
}

export interface FindingModel {
  /** `a.c:3`, or empty. */
  readonly place: string;
  readonly kind: Finding['kind'];
  readonly text: string;
  /** Which patch brings it, in words. */
  readonly since: string;
}

const LIVE_LINES = 40;

/** Reads a run by its number; null where there is none. */
export async function runModel(db: Db, id: number, files: RunFiles, now: number): Promise<RunModel | null> {
  const run = await buildRunById(db, id);
  const stored = run === null ? null : await seriesByKey(db, run.project, run.key);
  if (run === null || stored === null) return null;
  const { series } = stored;
  const kept = await keptChecksOf(db, series.project, series.key);
  const patches = new Map(series.patches.map((patch) => [patch.msgid, patch]));
  return {
    title: short(series.subject) || '(no subject)',
    version: versionWords(series),
    href: changePath(series.change, series.project, versionId(series)),
    state: RUN_STATES[run.state],
    reason: short(run.reason),
    since: moment(run.at, now),
    live: run.state === 'running' ? await liveModel(run, files) : null,
    checks: kept
      .map((one) => ({ ...one, patch: patches.get(one.check.patch ?? '') ?? null }))
      .toSorted((a, b) => (a.patch?.index ?? 0) - (b.patch?.index ?? 0))
      .map(({ id: check, check: of, patch }) => checkModel(`/run/${id}/check/${check}`, of, patch, patches)),
  };
}

async function liveModel(run: BuildRun, files: RunFiles): Promise<LiveModel> {
  const now = await files.now(run, LIVE_LINES);
  const href = `/run/${run.id}/log`;
  if (now === null)
    return {
      words: 'It goes on where its output cannot be seen, or waits for a free place.',
      done: 0,
      total: 0,
      text: '',
      href,
    };
  return { words: stepWords(now.step), done: now.step.done, total: now.step.total, text: now.lines.join('\n'), href };
}

/** `patch 3, job build; 4 of 26 checks are done`. */
export function stepWords({ patch, job, done, total }: LiveStep): string {
  return `${patch === 0 ? 'the base' : `patch ${patch}`}, job ${short(job, 80)}; ${done} of ${count(total, 'check')} done`;
}

function checkModel(
  path: string,
  check: Check,
  patch: SeriesPatch | null,
  patches: ReadonlyMap<string, SeriesPatch>,
): CheckModel {
  const page = check.url !== null && isAddress(check.url) ? [{ words: 'page', href: check.url }] : [];
  const log = check.log === null ? [] : [{ words: 'log', href: `${path}/log` }];
  const artifacts = (check.artifacts ?? []).map((artifact, at) => ({
    words: nameOf(artifact),
    href: isAddress(artifact) ? artifact : `${path}/artifact/${at}`,
  }));
  return {
    patch: patch === null ? 'all' : `${patch.index}/${patch.total}`,
    subject: patch === null ? 'the series as a whole' : short(patch.subject) || '(no subject)',
    patchHref: patch === null ? '' : messagePath(patch.msgid),
    job: short(check.context, 80),
    state: CHECK_STATES[check.state],
    summary: short(check.summary),
    findings: (check.findings ?? []).map((one) => findingModel(one, patches)),
    links: [...page, ...log, ...artifacts],
  };
}

function findingModel(
  { kind, file, line, text, since }: Finding,
  patches: ReadonlyMap<string, SeriesPatch>,
): FindingModel {
  const origin = typeof since === 'string' ? patches.get(since) : undefined;
  const place = file === '' ? '' : `${short(file, 200)}${line > 0 ? `:${line}` : ''}`;
  return { place, kind, text: short(text), since: origin === undefined ? '' : `since patch ${origin.index}` };
}

/** Whether it is a web address, and not the path of a kept file. */
export function isAddress(text: string): boolean {
  return /^https?:\/\//i.test(text);
}

/** The name that people gave an artifact: what stands behind the digest, or at the end of an address. */
function nameOf(artifact: string): string {
  const last = artifact.split('/').findLast((part) => part !== '') ?? artifact;
  return short(last.replace(/^[0-9a-f]{16}-/, ''), 80);
}
