import { isAside } from '../report/marks.ts';
import { withMarks } from '../store/facts.ts';
import { listOutgoing } from '../store/outbox.ts';
import type { Outgoing } from '../store/outbox.ts';
import { type ChangeCount, newestOpen, type OpenSeries } from '../store/open-series.ts';
import type { Db } from '../store/schema.ts';
import { countFound, searchSeries, type SearchQuery } from '../store/search.ts';
import { withQuery } from './links.ts';
import { needsByPerson, type PersonNeeds } from './needs.ts';
import type { Health, ProjectFacts, WebFacts } from './options.ts';
import { outgoingId } from './outbox-page.ts';
import { parseSearch, searchQuery } from './search-language.ts';
import { seriesLines } from './series-table.ts';
import type { SeriesTable } from './series-table.ts';
import type { Html } from './visible.ts';
import { moment, short } from './words.ts';
import type { Badge, Moment } from './words.ts';

const LISTED = 10;
const SAID = 5;
const PEOPLE = 12;
/** Changes whose needs are looked at: the newest, of a quarter of a year. */
const OPEN = 400;
const OPEN_MS = 90 * 86_400_000;

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

export interface OverviewModel {
  readonly projects: readonly {
    name: string;
    href: string;
    feed: string;
    b4: string;
    mode: Badge;
    counts: readonly CountLink[];
  }[];
  readonly ready: Html;
  readonly anyReady: boolean;
  /** What the policy would let in, but people have set aside; null where that is nothing. */
  readonly aside: CountLink | null;
  readonly newest: Html;
  readonly anySeries: boolean;
  readonly needs: readonly PersonNeeds[];
  /** What the bot would have said in shadow mode, newest first. */
  readonly said: readonly { subject: string; project: string; href: string; when: Moment }[];
  /** Names of what does not work. */
  readonly failing: readonly string[];
}

/** What is ready, by people or without them. */
const READY = 'ready:yes state:complete -has:landed';
const ASIDE_COUNTED = 100;

/** How many changes the policy would let in that people have set aside, so far. */
export async function countAside(db: Db, now: number): Promise<number> {
  return countFound(db, queryOf(`${READY} mark:aside`, now), ASIDE_COUNTED);
}

function queryOf(q: string, now: number): SearchQuery {
  return searchQuery(parseSearch(q, { me: '', now }), null, 'newest');
}

/** What the first page knows from before: what works, and counts that may be a little old. */
export interface OverviewKnown {
  readonly health: Health;
  readonly counts: readonly ChangeCount[];
  readonly aside: number;
}

/** Reads what the first page shows; `render` makes its tables. */
export async function overviewModel(
  db: Db,
  facts: WebFacts,
  { health, counts, aside }: OverviewKnown,
  now: number,
  render: (table: SeriesTable) => Html,
): Promise<OverviewModel> {
  const list = async (q: string) =>
    seriesLines(db, await searchSeries(db, queryOf(q, now), { limit: LISTED, after: null }), now);
  const ready = await list(`${READY} -mark:aside`);
  const newest = await list('');
  return {
    projects: facts.projects.map(({ name, mode }) => ({
      name,
      href: withQuery('/series', { project: name }),
      feed: withQuery('/series.atom', { project: name }),
      b4: `/project/${encodeURIComponent(name)}/b4-config`,
      mode: MODES[mode],
      counts: countLinks(
        name,
        counts.filter(({ project }) => project === name),
      ),
    })),
    ready: render({ caption: 'Ready to be committed', rows: ready }),
    anyReady: ready.length > 0,
    aside: asideLink(aside),
    newest: render({ caption: 'Newest changes', rows: newest }),
    anySeries: newest.length > 0,
    needs: needsByPerson(await waitingOpen(db, now), now, PEOPLE),
    said: (await listOutgoing(db, { state: 'shadow', limit: SAID })).map((one) => saidLine(one, now)),
    failing: health.checks.filter(({ ok }) => !ok).map(({ name }) => name),
  };
}

function asideLink(count: number): CountLink | null {
  if (count === 0) return null;
  const word = count < ASIDE_COUNTED ? `${count}` : `${ASIDE_COUNTED} or more`;
  return { word, count, href: withQuery('/series', { q: `${READY} mark:aside` }) };
}

/** The newest open changes, without what people have set aside: nobody is waited for by them. */
async function waitingOpen(db: Db, now: number): Promise<readonly OpenSeries[]> {
  const open = await withMarks(db, await newestOpen(db, now - OPEN_MS, OPEN));
  return open.filter((one) => !isAside(one));
}

function countLinks(project: string, counts: readonly ChangeCount[]): CountLink[] {
  const sum = (fits: (one: ChangeCount) => boolean) => counts.filter(fits).reduce((all, { count }) => all + count, 0);
  const link = (word: string, q: string, number: number) => ({
    word,
    count: number,
    href: withQuery('/series', { project, q }),
  });
  const complete = (states: readonly string[]) =>
    sum(({ state, readiness }) => state === 'complete' && states.includes(readiness));
  return [
    link('ready', 'ready:yes state:complete', complete(['ready'])),
    link('waiting', 'ready:waiting state:complete', complete(['waiting'])),
    link('blocked', 'ready:blocked state:complete', complete(['blocked'])),
    link(
      'held',
      'state:held',
      sum(({ state }) => state === 'held'),
    ),
  ];
}

function saidLine(one: Outgoing, now: number): OverviewModel['said'][number] {
  return {
    subject: short(one.message.subject),
    project: one.project,
    href: `/outbox#${outgoingId(one.message.msgid)}`,
    when: moment(one.created, now),
  };
}
