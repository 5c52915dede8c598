import type { MirrorResult } from '../mirror/mirror.ts';
import { isStale, whyNotOn } from '../report/applies.ts';
import type { SeriesFacts } from '../report/view.ts';
import type { Series } from '../series/series.ts';
import { buildRunOf } from '../store/build-runs.ts';
import { factsOf } from '../store/facts.ts';
import type { Db } from '../store/schema.ts';
import { seriesOfChange } from '../store/series.ts';
import type { StoredSeries } from '../store/series.ts';
import { type ChangeCircumstances, type CommandModel, commandsFor } from './change-commands.ts';
import { changePath, comparePath, eventsPath, messagePath } from './links.ts';
import { type Lack, lackOf, matrixOf } from './matrix.ts';
import type { Matrix } from './matrix.ts';
import { archiveUrl } from './patchwork/urls.ts';
import { markedWords, versionId } from './series-table.ts';
import { MIRROR_STATES, READINESS_STATES, READINESS_WORDS, SERIES_STATES, STALE } from './words.ts';
import { count, moment, personWords, RUN_STATES, short, versionWords } from './words.ts';
import type { Badge, Moment } from './words.ts';

export interface ChangeModel {
  readonly title: string;
  readonly change: string;
  readonly project: string;
  /** The same change as other projects have it. */
  readonly others: readonly { project: string; href: string }[];
  /** Oldest first. */
  readonly timeline: readonly TimelineStep[];
  /** Newest first. */
  readonly versions: readonly VersionModel[];
  /** Tells of news while the page is open. */
  readonly events: string;
  /** Page that compares the last two versions; empty where there is one. */
  readonly compare: string;
}

export interface TimelineStep {
  readonly id: string;
  readonly version: string;
  readonly state: Badge;
  readonly posted: Moment;
  readonly summary: string;
}

export interface VersionModel extends TimelineStep {
  readonly subject: string;
  readonly author: string;
  readonly href: string;
  /** Where the list's own archive has it; empty where none is known. */
  readonly archive: string;
  readonly target: string;
  /** Why it is held, empty where it is not. */
  readonly held: string;
  /** State that people have set of all its patches, empty where they have not. */
  readonly marked: string;
  readonly readiness: Badge;
  readonly readinessWords: string;
  readonly missing: readonly Lack[];
  readonly mirror: MirrorModel | null;
  /** Why it is built or not, empty where nobody has asked yet; and the page of its run, empty where there is none. */
  readonly build: { readonly words: string; readonly href: string };
  readonly commands: readonly CommandModel[];
  /** Whether it is the last one, which the page shows unfolded. */
  readonly newest: boolean;
  readonly matrix: Matrix;
}

export interface MirrorModel {
  readonly badge: Badge;
  readonly base: string;
  readonly reason: string;
  readonly ref: string;
}

/** Reads a change; null where it is not known. Without a project it is the one of the newest version. */
export async function changeModel(
  db: Db,
  change: string,
  project: string | null,
  around: ChangeCircumstances,
): Promise<ChangeModel | null> {
  const all = await seriesOfChange(db, change);
  const newest = all.reduce<StoredSeries | null>(
    (a, b) => (a === null || b.series.posted > a.series.posted ? b : a),
    null,
  );
  const chosen = project ?? newest?.series.project ?? null;
  const own = all.filter(({ series }) => series.project === chosen);
  const last = own.at(-1);
  if (chosen === null || last === undefined) return null;
  const versions: VersionModel[] = [];
  for (const one of own)
    versions.push(versionModel(await factsOf(db, one), await buildModel(db, one.series), one === last, around));
  const others = [...new Set(all.map(({ series }) => series.project))].filter((name) => name !== chosen);
  return {
    title: short(last.series.subject) || '(no subject)',
    change: last.series.change,
    project: chosen,
    others: others.map((name) => ({ project: name, href: changePath(change, name) })),
    timeline: versions.map(({ id, version, state, posted, summary }) => ({ id, version, state, posted, summary })),
    versions: versions.reverse(),
    events: eventsPath(change, chosen),
    compare: own.length < 2 ? '' : comparePath(change, chosen, '', ''),
  };
}

async function buildModel(db: Db, { project, key }: Series): Promise<VersionModel['build']> {
  const run = await buildRunOf(db, project, key);
  if (run === null) return { words: '', href: '' };
  return {
    words: `${RUN_STATES[run.state].word}: ${short(run.reason)}`,
    href: run.state === 'waiting' ? '' : `/run/${run.id}`,
  };
}

function versionModel(
  facts: SeriesFacts,
  build: VersionModel['build'],
  newest: boolean,
  around: ChangeCircumstances,
): VersionModel {
  const { series, readiness, mirror } = facts;
  const { now } = around;
  const needs = readiness.verdict?.needs.map((need) => ({ ...lackOf(need), text: short(need.text) }));
  return {
    id: versionId(series),
    version: versionWords(series),
    state: SERIES_STATES[series.state],
    posted: moment(series.posted, now),
    summary: summaryOf(series),
    subject: short(series.subject) || '(no subject)',
    author: personWords(series.author),
    href: messagePath(series.msgid),
    archive: archiveOf(series, around),
    target: short(series.target ?? '', 100),
    held: heldWords(series),
    marked: markedWords(series, facts.marks) ?? '',
    readiness: READINESS_STATES[readiness.state],
    readinessWords: READINESS_WORDS[readiness.state],
    missing: needs ?? readiness.missing.map((text) => ({ text: short(text), who: '', tone: 'warn' })),
    mirror: mirror === null ? null : mirrorModel(mirror),
    commands: commandsFor(facts, around),
    newest,
    build,
    matrix: matrixOf(facts),
  };
}

function archiveOf({ project, msgid }: Series, { projects, url: origin }: ChangeCircumstances): string {
  const known = projects.some(({ name, archive }) => name === project && archive !== null);
  return known ? archiveUrl({ origin, projects }, project, msgid) : '';
}

function summaryOf(series: Series): string {
  const patches = count(series.patches.length, 'patch', 'patches');
  return series.complete ? patches : `${patches} of ${series.patches.length + series.missing.length}`;
}

function heldWords(series: Series): string {
  if (series.complete) return '';
  const missing = series.missing.slice(0, 50).join(', ');
  if (missing === '') return 'Something in it cannot be read.';
  return series.missing.length === 1 ? `Patch ${missing} has not arrived.` : `Patches ${missing} have not arrived.`;
}

function mirrorModel(mirror: MirrorResult): MirrorModel {
  const { base, ref } = mirror;
  return {
    badge: isStale(mirror) ? STALE : MIRROR_STATES[mirror.state],
    base: base === null ? '' : `${short(base.name, 200)} (${base.commit.slice(0, 12)}), chosen by ${base.rule}`,
    reason: short(whyNotOn(mirror) ?? mirror.reason, 500),
    ref: ref ?? '',
  };
}
