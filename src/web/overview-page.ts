import { listOutgoing } from '../store/outbox.ts';
import type { Outgoing } from '../store/outbox.ts';
import { type ChangeCount, newestOpen } from '../store/open-series.ts';
import type { Db } from '../store/schema.ts';
import { searchSeries } from '../store/search.ts';
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
  readonly newest: Html;
  readonly anySeries: boolean;
  readonly needs: readonly PersonNeeds[];
  /** What the bot would have said in shadow mode, newest first. */
  readonly said: readonly { subject: string; project: string; href: string; when: Moment }[];
  /** Names of what does not work. */
  readonly failing: readonly string[];
}

/** Reads what the first page shows; `render` makes its tables. */
export async function overviewModel(
  db: Db,
  facts: WebFacts,
  { health, counts }: { readonly health: Health; readonly counts: readonly ChangeCount[] },
  now: number,
  render: (table: SeriesTable) => Html,
): Promise<OverviewModel> {
  const list = async (q: string) => {
    const query = searchQuery(parseSearch(q, { me: '', now }), null, 'newest');
    return seriesLines(db, await searchSeries(db, query, { limit: LISTED, after: null }), now);
  };
  const ready = await list('ready:yes state:complete -has:landed');
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
    newest: render({ caption: 'Newest changes', rows: newest }),
    anySeries: newest.length > 0,
    needs: needsByPerson(await newestOpen(db, now - OPEN_MS, OPEN), now, PEOPLE),
    said: (await listOutgoing(db, { state: 'shadow', limit: SAID })).map((one) => saidLine(one, now)),
    failing: health.checks.filter(({ ok }) => !ok).map(({ name }) => name),
  };
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
