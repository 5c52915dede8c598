import type { ChangeModel, VersionModel } from './change-page.ts';
import type { MessageModel } from './message-page.ts';
import type { ModerationModel } from './moderation-page.ts';
import type { OutboxModel } from './outbox-page.ts';
import type { RunModel } from './run-page.ts';
import { LIST_SAMPLES } from './samples-lists.ts';
import { PATCH_SAMPLES } from './samples-patch.ts';
import type { Models } from './templates.ts';
import { Html } from './visible.ts';
import type { Badge, Moment } from './words.ts';

// Values on which every template is tried at the start: one with everything in it, one with nothing, so that all branches are met.

const badge: Badge = { word: 'complete', tone: 'info' };
const when: Moment = { iso: '2024-06-28T14:31:00.000Z', words: '2024-06-28 14:31 UTC', ago: '3 days ago' };
const html = new Html('');

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
  archive: '/a',
  target: '4.19',
  held: 'h',
  marked: 'm',
  readiness: badge,
  readinessWords: 'w',
  missing: [
    { text: 'm', who: 'w', tone: 'warn' },
    { text: 'm', who: '', tone: 'bad' },
  ],
  mirror: { badge, base: 'b', reason: 'r', ref: 'f' },
  commands: [{ label: 'l', text: 't' }],
  newest: true,
  build: { words: 'w', href: '/' },
  matrix: {
    columns: ['build'],
    rows: [
      {
        name: '1/1',
        subject: 's',
        href: '/',
        cells: [cell, { ...cell, href: '' }],
        tags: [tag, { ...tag, why: '' }],
        mark: 'm',
        lacks: [
          { text: 'm', who: 'w', tone: 'warn' },
          { text: 'm', who: '', tone: 'warn' },
        ],
      },
      { name: '2/2', subject: 's', href: '', cells: [emptyCell], tags: [], mark: '', lacks: [] },
    ],
  },
};
const bare: VersionModel = {
  ...version,
  build: { words: '', href: '' },
  archive: '',
  target: '',
  held: '',
  marked: '',
  missing: [],
  mirror: null,
  commands: [],
  newest: false,
  matrix: { columns: [], rows: [] },
};
const unfetched: VersionModel = {
  ...version,
  build: { words: 'w', href: '' },
  mirror: { badge, base: '', reason: '', ref: '' },
};
const { id, summary } = version;
const change: ChangeModel = {
  title: 't',
  change: 'c',
  project: 'p',
  others: [{ project: 'o', href: '/' }],
  timeline: [{ id, version: 'v1', state: badge, posted: when, summary }],
  versions: [version, bare, unfetched],
  events: '/e',
  compare: '/c',
};

const message: MessageModel = {
  subject: 's',
  headers: [
    { name: 'From', value: 'v', href: '' },
    { name: 'In reply to', value: 'v', href: '/' },
  ],
  head: 'h',
  posted: when,
  kind: 'patch',
  reason: 'r',
  series: 's',
  seriesHref: '/',
  patchHref: '/',
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
  thread: html,
};
const emptyMessage: MessageModel = {
  ...message,
  seriesHref: '',
  patchHref: '',
  tags: [],
  oddities: [],
  attachments: [],
  copies: 1,
  outgoing: '',
  text: { blocks: [], cut: '' },
  thread: null,
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
    { title: 't', body: html, bot: 'b', version: '1', css: '/c', js: '/j', feed: '/f', section: 'series' },
    { title: 't', body: html, bot: 'b', version: '1', css: '/c', js: '/j', feed: '', section: 'none' },
  ],
  ...LIST_SAMPLES,
  ...PATCH_SAMPLES,
  change: [change, { ...change, others: [], compare: '' }],
  message: [message, emptyMessage],
  outbox: [outbox, emptyOutbox, { ...outbox, mails: [] }],
  moderation: [moderation, { ...moderation, news: '', mails: [], more: false }, { ...moderation, known: false }],
  run: [run, { ...run, live: { ...live, total: 0, text: '' } }, { ...run, live: null, checks: [] }],
  error: [{ title: 't', explanation: 'e' }],
};
