import type { ChangesModel } from './changes-page.ts';
import type { MachineModel } from './machine-page.ts';
import type { OverviewModel } from './overview-page.ts';
import { plotOf } from './plot.ts';
import type { PlotsModel } from './plots-page.ts';
import type { SeriesLine } from './series-table.ts';
import { Html } from './visible.ts';
import type { Badge, Moment } from './words.ts';

// Samples of the lists and of what an operator looks at; see samples.ts.

const badge: Badge = { word: 'complete', tone: 'info' };
const when: Moment = { iso: '2024-06-28T14:31:00.000Z', words: '2024-06-28 14:31 UTC', ago: '3 days ago' };
const html = new Html('');

const overview: OverviewModel = {
  projects: [
    { name: 'p', href: '/', feed: '/', b4: '/', mode: badge, counts: [{ word: 'ready', count: 1, href: '/' }] },
  ],
  ready: html,
  anyReady: true,
  aside: { word: '1', count: 1, href: '/' },
  newest: html,
  anySeries: true,
  needs: [
    { person: 'P', href: '/', changes: 2, asAuthor: 1, since: when },
    { person: 'P', href: '/', changes: 2, asAuthor: 0, since: { ...when, ago: '' } },
  ],
  said: [{ subject: 's', project: 'p', href: '/', when }],
  failing: ['a', 'b'],
};
const emptyOverview: OverviewModel = {
  ...overview,
  projects: [],
  anyReady: false,
  aside: null,
  anySeries: false,
  needs: [],
  said: [],
  failing: [],
};

const machine: MachineModel = {
  checks: [
    { name: 'imap', ok: false, detail: 'd' },
    { name: 'store', ok: true, detail: '' },
  ],
  mail: '1 message',
  sources: [
    { name: 'a', read: true, last: when, week: 1, month: 2 },
    { name: 'b', read: false, last: null, week: 0, month: 0 },
  ],
  jobs: [{ kind: 'mirror', state: 'dead', count: 1 }],
  late: 5,
  dead: [{ id: 1, kind: 'mirror', about: 'a', error: 'e' }],
  outbox: [{ badge, count: 1, href: '/' }],
  dispositions: [{ word: 'patch', count: 1 }],
  kept: [{ words: 'w', href: '/', reason: 'r' }],
};
const emptyMachine: MachineModel = {
  ...machine,
  checks: [],
  sources: [],
  jobs: [],
  late: 0,
  dead: [],
  outbox: [],
  dispositions: [],
  kept: [],
};

const choice = { value: 'v', word: 'w', selected: true };
const series: ChangesModel = {
  q: 'q',
  me: 'm',
  projects: [choice, { ...choice, selected: false }],
  sorts: [choice, { ...choice, selected: false }],
  saved: [
    { name: 'n', href: '/', count: '1', current: true },
    { name: 'n', href: '/', count: '1', current: false },
  ],
  havings: [{ name: 'n', words: 'w' }],
  fault: '',
  count: '1',
  table: html,
  any: true,
  filtered: true,
  feed: '/f',
  first: '/',
  next: '/',
};

const line: SeriesLine = {
  subject: 's',
  href: '/',
  version: 'v1',
  project: 'p',
  target: '4.19',
  author: 'a',
  patches: '1 patch',
  state: badge,
  lacks: 'l',
  approved: 1,
  total: 2,
  comments: '1 reply',
  posted: when,
  active: when,
};

const bars = [
  { name: 'n', href: '/', cells: ['1', '2', '3'], share: 50 },
  { name: 'n', href: '', cells: ['1', '2', '3'], share: 0 },
];
const loads = bars.map((bar) => ({ ...bar, cells: ['1', '2'] }));
const plots: PlotsModel = {
  plots: [
    plotOf('a', 't', 'days', ['x', 'y'], [{ name: 'l', values: [1, 2] }]),
    plotOf('b', 't', 'days', [], [{ name: 'l', values: [] }]),
  ],
  people: loads,
  organisations: loads,
  jobs: bars,
  when: 'The last year',
  periods: [
    { word: 'A year', href: '/', current: true },
    { word: 'All', href: '/', current: false },
  ],
};

/** What each of these templates must be able to show. */
export const LIST_SAMPLES = {
  overview: [overview, emptyOverview],
  machine: [machine, emptyMachine],
  plots: [plots, { ...plots, people: [], organisations: [], jobs: [] }],
  series: [
    series,
    { ...series, fault: 'f' },
    { ...series, any: false, first: '', next: '', saved: [] },
    { ...series, any: false, filtered: false },
  ],
  'series-table': [
    {
      caption: 'c',
      rows: [
        line,
        { ...line, target: '', lacks: '', total: 0, comments: '', active: null, posted: { ...when, ago: '' } },
      ],
    },
  ],
} as const;
