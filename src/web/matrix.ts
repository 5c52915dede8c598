import type { Check } from '../ci/run.ts';
import type { MirrorResult } from '../mirror/mirror.ts';
import { markWords } from '../report/marks.ts';
import type { SeriesFacts } from '../report/view.ts';
import type { Need, Tag } from '../review/tag.ts';
import { messagePath, patchPath } from './links.ts';
import { CHECK_STATES, MIRROR_STATES, SENDER_WORDS, TAG_STATES, personWords, short } from './words.ts';
import type { Badge } from './words.ts';

/** One field of the matrix; `detail` is empty or one line, `excerpt` several. */
export interface Cell {
  readonly label: string;
  readonly badge: Badge | null;
  readonly detail: string;
  readonly excerpt: string;
  /** http or https, or empty. */
  readonly href: string;
}

export interface TagCell {
  readonly kind: string;
  readonly person: string;
  readonly badge: Badge;
  readonly why: string;
  readonly href: string;
}

/** A patch, the cover, or a patch that has not arrived. */
export interface MatrixRow {
  readonly name: string;
  readonly subject: string;
  /** Page of the mail; empty where it has not arrived. */
  readonly href: string;
  readonly cells: readonly Cell[];
  readonly tags: readonly TagCell[];
  /** What people have set of it through the APIs; empty where nobody has. */
  readonly mark: string;
  /** What the policy still wants for it, and who can give it. */
  readonly lacks: readonly Lack[];
}

export interface Lack {
  readonly text: string;
  /** Names, or a role; empty where nobody can. */
  readonly who: string;
  readonly tone: Badge['tone'];
}

/** Patches by: applies, one column a job, tags. */
export interface Matrix {
  readonly columns: readonly string[];
  readonly rows: readonly MatrixRow[];
}

export function matrixOf(facts: SeriesFacts): Matrix {
  const { series, tags, mirror, checks, readiness, marks } = facts;
  const needs = readiness.verdict?.needs ?? [];
  const jobs = [...new Set(checks.map((check) => check.context))];
  const columns = ['Applies', ...jobs.map((job) => short(job, 40))];
  const total = series.patches.at(-1)?.total ?? series.missing.length;
  const name = (index: number) => `${index}/${total}`;
  const patches = series.patches.map((patch, position) => ({
    index: patch.index,
    row: {
      name: name(patch.index),
      subject: short(patch.subject) || '(no subject)',
      href: patchPath(patch.msgid),
      cells: [applies(mirror, patch.index, position), ...jobs.map((job) => checkCell(checks, job, patch.msgid))],
      tags: tagCells(tags.patches.get(patch.msgid) ?? []),
      mark: short(markWords(marks.get(patch.msgid))),
      lacks: needs.filter((need) => need.patch === patch.index).map(lackOf),
    },
  }));
  const missing = series.missing.slice(0, 1000).map((index) => ({
    index,
    row: {
      name: name(index),
      subject: 'has not arrived',
      href: '',
      cells: columns.map(nothing),
      tags: [],
      mark: '',
      lacks: [],
    },
  }));
  const rows = [...patches, ...missing].sort((a, b) => a.index - b.index).map(({ row }) => row);
  return { columns, rows: [...wholeRow(facts, columns, jobs), ...rows] };
}

/** What is said of the series as a whole: tags on the cover, checks without a patch. */
function wholeRow(
  { series, tags, checks, readiness }: SeriesFacts,
  columns: readonly string[],
  jobs: readonly string[],
): MatrixRow[] {
  const whole = checks.some((check) => check.patch === null);
  if (series.cover === null && tags.cover.length === 0 && !whole) return [];
  const [first = 'Applies'] = columns;
  return [
    {
      name: 'all',
      subject: series.cover === null ? 'the series as a whole' : 'cover letter',
      href: series.cover === null ? '' : messagePath(series.cover),
      cells: [nothing(first), ...jobs.map((job) => checkCell(checks, job, null))],
      tags: tagCells(tags.cover),
      mark: '',
      lacks: (readiness.verdict?.needs ?? []).filter(({ patch }) => patch === null).map(lackOf),
    },
  ];
}

const NAMED = 4;

/** A need as a reader wants it: the words without the number of its patch, which the row has. */
export function lackOf({ text, who, role, rule }: Need): Lack {
  const names = who.slice(0, NAMED).map(personWords);
  const others = who.length > NAMED ? [`${who.length - NAMED} others`] : [];
  const anybody = role === 'nobody' ? '' : `any ${role.replace('-', ' ')}`;
  return {
    text: short(text.replace(/^patch \d+: /, ''), 200),
    who: who.length === 0 ? anybody : [...names, ...others].join(' or '),
    tone: rule === 'objection' || rule === 'check' || rule === 'applies' ? 'bad' : 'warn',
  };
}

function nothing(label: string): Cell {
  return { label, badge: null, detail: '', excerpt: '', href: '' };
}

function applies(mirror: MirrorResult | null, index: number, position: number): Cell {
  const cell = nothing('Applies');
  if (mirror === null) return cell;
  const commit = mirror.commits[position];
  if (commit !== undefined) return { ...cell, badge: MIRROR_STATES.applied, detail: commit.slice(0, 12) };
  const { conflict } = mirror;
  if (conflict?.index !== index) return { ...cell, badge: { word: 'not tried', tone: 'quiet' } };
  const place =
    conflict.file === '' ? '' : `${short(conflict.file, 200)}${conflict.line > 0 ? `:${conflict.line}` : ''}`;
  return { ...cell, badge: MIRROR_STATES.conflict, detail: place, excerpt: conflict.detail.slice(0, 4000) };
}

function checkCell(checks: readonly Check[], job: string, patch: string | null): Cell {
  const label = short(job, 40);
  const check = checks.find((one) => one.context === job && one.patch === patch);
  if (check === undefined) return nothing(label);
  return {
    label,
    badge: CHECK_STATES[check.state],
    detail: short(check.summary),
    excerpt: check.state === 'success' ? '' : check.excerpt.slice(0, 8000),
    href: check.url !== null && /^https?:\/\//i.test(check.url) ? check.url : '',
  };
}

/** By person, so that who said what stands together. */
export function tagCells(tags: readonly Tag[]): TagCell[] {
  const cells = tags.map((tag) => ({
    kind: short(tag.kind, 60),
    person: personWords(tag),
    badge: TAG_STATES[tag.status],
    why: [short(tag.why), SENDER_WORDS[tag.sender], areaWords(tag), dkimWords(tag)]
      .filter((word) => word !== '')
      .join('; '),
    href: messagePath(tag.givenIn),
  }));
  return cells.sort((a, b) => compare(a.person, b.person) || compare(a.kind, b.kind));
}

const areaWords = (tag: Tag) => (tag.area === null ? '' : `for ${short(tag.area, 100)}`);
const dkimWords = (tag: Tag) => (tag.dkim === null ? '' : `DKIM ${short(tag.dkim, 40)}`);

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
