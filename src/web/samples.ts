import type { ChangeModel, VersionModel } from './change-page.ts';
import type { MessageModel } from './message-page.ts';
import type { ModerationModel } from './moderation-page.ts';
import type { OutboxModel } from './outbox-page.ts';
import type { RunModel } from './run-page.ts';
import type { SeriesModel } from './series-page.ts';
import type { StatusModel } from './status-page.ts';
import type { Models } from './templates.ts';
import { Html } from './visible.ts';
import type { Badge, Moment } from './words.ts';

// Values on which every template is tried at the start: one with everything in it, one with nothing, so that all branches are met.

const badge: Badge = { word: 'complete', tone: 'info' };
const when: Moment = { iso: '2024-06-28T14:31:00.000Z', words: '2024-06-28 14:31 UTC', ago: '3 days ago' };
const html = new Html('');

const status: StatusModel = {
  projects: [{ name: 'p', href: '/', mode: badge, counts: [{ word: 'ready', count: 1, href: '/' }] }],
  table: html,
  anySeries: true,
  said: [{ subject: 's', project: 'p', href: '/', when }],
  mail: '1 message',
  sources: [
    { name: 'a', read: true },
    { name: 'b', read: false },
  ],
  jobs: [{ kind: 'mirror', state: 'pending', count: 1 }],
  late: 5,
  outbox: [{ badge, count: 1, href: '/' }],
  checks: [
    { name: 'imap', ok: false, detail: 'd' },
    { name: 'store', ok: true, detail: '' },
  ],
};

const emptyStatus: StatusModel = {
  ...status,
  projects: [],
  anySeries: false,
  said: [],
  sources: [],
  jobs: [],
  late: 0,
  outbox: [],
  checks: [],
};

const choice = { value: 'v', word: 'w', selected: true };
const series: SeriesModel = {
  q: 'q',
  projects: [choice, { ...choice, selected: false }],
  states: [choice, { ...choice, selected: false }],
  table: html,
  any: true,
  filtered: true,
  newest: '/',
  older: '/',
};

const cell = { label: 'build', badge, detail: 'd', excerpt: 'e', href: 'https://example.org/' };
const emptyCell = { label: 'build', badge: null, detail: '', excerpt: '', href: '' };
const tag = { kind: 'Acked-by', person: 'P', badge, why: 'w', href: '/' };
const version: VersionModel = {
  id: 'v1',
  version: 'v1',
  state: badge,
  posted: when,
  summary: '1 patch',
  subject: 's',
  author: 'a',
  href: '/',
  target: '4.19',
  held: 'h',
  readiness: badge,
  readinessWords: 'w',
  missing: ['m'],
  mirror: { badge, base: 'b', reason: 'r', ref: 'f', fetch: 'g' },
  build: { words: 'w', href: '/' },
  am: 'a',
  matrix: {
    columns: ['build'],
    rows: [
      { name: '1/1', subject: 's', href: '/', cells: [cell, { ...cell, href: '' }], tags: [tag, { ...tag, why: '' }] },
      { name: '2/2', subject: 's', href: '', cells: [emptyCell], tags: [] },
    ],
  },
};
const bare: VersionModel = {
  ...version,
  build: { words: '', href: '' },
  target: '',
  held: '',
  missing: [],
  mirror: null,
  matrix: { columns: [], rows: [] },
};
const unfetched: VersionModel = {
  ...version,
  build: { words: 'w', href: '' },
  mirror: { badge, base: '', reason: '', ref: '', fetch: '' },
};
const kept: VersionModel = { ...version, mirror: { badge, base: '', reason: '', ref: 'f', fetch: '' } };
const { id, summary } = version;
const change: ChangeModel = {
  title: 't',
  change: 'c',
  project: 'p',
  others: [{ project: 'o', href: '/' }],
  timeline: [{ id, version: 'v1', state: badge, posted: when, summary }],
  versions: [version, bare, unfetched, kept],
};

const message: MessageModel = {
  subject: 's',
  headers: [
    { name: 'From', value: 'v', href: '' },
    { name: 'In reply to', value: 'v', href: '/' },
  ],
  posted: when,
  kind: 'patch',
  reason: 'r',
  series: 's',
  seriesHref: '/',
  tags: [
    { words: 't', badge, why: 'w' },
    { words: 't', badge: null, why: 'w' },
  ],
  oddities: ['o'],
  attachments: [{ filename: 'f', type: 't', size: 1 }],
  copies: 2,
  rawHref: '/',
  outgoing: '/',
  text: { blocks: [{ kind: 'quote', text: 't' }], cut: 'c' },
};
const emptyMessage: MessageModel = {
  ...message,
  seriesHref: '',
  tags: [],
  oddities: [],
  attachments: [],
  copies: 1,
  outgoing: '',
  text: { blocks: [], cut: '' },
};

const outbox: OutboxModel = {
  states: [
    { word: 'all', href: '/', current: true },
    { word: 'sent', href: '/', current: false },
  ],
  mails: [
    {
      id: 'm',
      open: true,
      subject: 's',
      project: 'p',
      state: badge,
      created: when,
      error: 'e',
      doubtful: true,
      headers: [{ name: 'To', value: 'v' }],
      text: 't',
      seriesHref: '/',
      replyHref: '/',
    },
  ],
  more: true,
  moderated: true,
};
const emptyOutbox: OutboxModel = {
  ...outbox,
  mails: outbox.mails.map((mail) => ({
    ...mail,
    open: false,
    error: '',
    doubtful: false,
    seriesHref: '',
    replyHref: '',
  })),
  more: false,
  moderated: false,
};

const moderation: ModerationModel = {
  known: true,
  news: 'n',
  mails: [...outbox.mails, ...emptyOutbox.mails].map((mail) => ({ ...mail, msgid: '<m@x>' })),
  more: true,
};

const found = { place: 'a.c:3', kind: 'error', text: 't', since: 'since patch 2' } as const;
const checkRow = {
  patch: '1/1',
  subject: 's',
  patchHref: '/',
  job: 'build',
  state: badge,
  summary: 's',
  findings: [found, { ...found, place: '', since: '' }],
  links: [{ words: 'log', href: '/' }],
};
const live = { words: 'w', done: 1, total: 2, text: 't', href: '/' };
const run: RunModel = {
  title: 't',
  version: 'v1',
  href: '/',
  state: badge,
  reason: 'r',
  since: when,
  live,
  checks: [checkRow, { ...checkRow, patchHref: '', findings: [], links: [] }],
};

/** What each template must be able to show. */
export const SAMPLES: { readonly [N in keyof Models]: readonly Models[N][] } = {
  layout: [
    { title: 't', body: html, bot: 'b', version: '1', css: '/c', section: 'series' },
    { title: 't', body: html, bot: 'b', version: '1', css: '/c', section: 'none' },
  ],
  status: [status, emptyStatus],
  series: [series, { ...series, any: false, newest: '', older: '' }, { ...series, any: false, filtered: false }],
  'series-table': [
    {
      caption: 'c',
      rows: [
        {
          subject: 's',
          href: '/',
          version: 'v1',
          project: 'p',
          author: 'a',
          patches: '1 patch',
          state: badge,
          readiness: badge,
          posted: when,
        },
        {
          subject: 's',
          href: '/',
          version: 'v1',
          project: 'p',
          author: 'a',
          patches: '1 patch',
          state: badge,
          readiness: null,
          posted: when,
        },
      ],
    },
  ],
  change: [change, { ...change, others: [] }],
  message: [message, emptyMessage],
  outbox: [outbox, emptyOutbox, { ...outbox, mails: [] }],
  moderation: [moderation, { ...moderation, news: '', mails: [], more: false }, { ...moderation, known: false }],
  run: [run, { ...run, live: { ...live, total: 0, text: '' } }, { ...run, live: null, checks: [] }],
  error: [{ title: 't', explanation: 'e' }],
};
