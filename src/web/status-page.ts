import type { Db } from '../store/schema.ts';
import { cursorOf } from '../store/cursors.ts';
import { pendingJobs } from '../store/jobs.ts';
import { messageCount } from '../store/messages.ts';
import { countOutgoing, listOutgoing } from '../store/outbox.ts';
import type { Outgoing } from '../store/outbox.ts';
import { listSeries } from '../store/series.ts';
import { jobLateness, projectCounts } from './counts.ts';
import { withQuery } from './links.ts';
import type { Health, HealthCheck, ProjectFacts, WebFacts } from './options.ts';
import { outgoingId } from './outbox-page.ts';
import { seriesLine } from './series-table.ts';
import type { SeriesTable } from './series-table.ts';
import type { Html } from './visible.ts';
import { OUTGOING_STATES, count, moment, short } from './words.ts';
import type { Badge, Moment } from './words.ts';

const NEWEST = 15;
const SAID = 5;

const MODES = {
  shadow: { word: 'shadow: sends nothing', tone: 'quiet' },
  moderate: { word: 'moderate: asks before it sends', tone: 'warn' },
  live: { word: 'live', tone: 'good' },
} as const satisfies Record<ProjectFacts['mode'], Badge>;

/** A number with the list behind it. */
export interface CountLink {
  readonly word: string;
  readonly count: number;
  readonly href: string;
}

export interface StatusModel {
  readonly projects: readonly { name: string; href: string; mode: Badge; counts: readonly CountLink[] }[];
  readonly table: Html;
  readonly anySeries: boolean;
  /** What the bot would have said in shadow mode, newest first. */
  readonly said: readonly { subject: string; project: string; href: string; when: Moment }[];
  /** How much mail there is, in words. */
  readonly mail: string;
  readonly sources: readonly { name: string; read: boolean }[];
  readonly jobs: readonly { kind: string; state: string; count: number }[];
  /** Whole minutes that the work is behind. */
  readonly late: number;
  readonly outbox: readonly { badge: Badge; count: number; href: string }[];
  readonly checks: readonly HealthCheck[];
}

/** Reads what the first page shows; `render` makes the table of the newest series. */
export async function statusModel(
  db: Db,
  facts: WebFacts,
  health: Health,
  now: number,
  render: (table: SeriesTable) => Html,
): Promise<StatusModel> {
  const counts = await projectCounts(db);
  const newest = await listSeries(db, { limit: NEWEST });
  const sources = facts.sources.map(async (name) => ({ name, read: (await cursorOf(db, name)) !== null }));
  return {
    projects: facts.projects.map((project) => ({
      name: project.name,
      href: withQuery('/series', { project: project.name }),
      mode: MODES[project.mode],
      counts: countLinks(project.name, counts.get(project.name)),
    })),
    table: render({ caption: 'Newest series', rows: newest.map((one) => seriesLine(one, now)) }),
    anySeries: newest.length > 0,
    said: (await listOutgoing(db, { state: 'shadow', limit: SAID })).map((one) => saidLine(one, now)),
    mail: mailWords(await messageCount(db)),
    sources: await Promise.all(sources),
    jobs: await pendingJobs(db),
    late: Math.floor((await jobLateness(db, now)) / 60),
    outbox: (await countOutgoing(db)).map((row) => ({
      badge: OUTGOING_STATES[row.state],
      count: row.count,
      href: withQuery('/outbox', { state: row.state }),
    })),
    checks: health.checks,
  };
}

function mailWords({ messages, copies }: { readonly messages: number; readonly copies: number }): string {
  const all = count(messages, 'message');
  return copies === messages ? all : `${all}, ${count(copies, 'copy', 'copies')} of them`;
}

type Counts = Awaited<ReturnType<typeof projectCounts>> extends ReadonlyMap<string, infer T> ? T : never;

function countLinks(project: string, counts: Counts | undefined): CountLink[] {
  const states = ['ready', 'complete', 'held', 'superseded'] as const;
  return states.map((state) => ({
    word: state,
    count: counts?.[state] ?? 0,
    href: withQuery('/series', { project, state }),
  }));
}

function saidLine(one: Outgoing, now: number): StatusModel['said'][number] {
  return {
    subject: short(one.message.subject),
    project: one.project,
    href: `/outbox#${outgoingId(one.message.msgid)}`,
    when: moment(one.created, now),
  };
}
