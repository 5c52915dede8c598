import type { CompareModel } from './compare-page.ts';
import type { EvidenceModel } from './evidence-page.ts';
import type { PatchModel } from './patch-page.ts';
import type { CommentModel } from './thread-view.ts';
import { Html } from './visible.ts';
import type { Badge, Moment } from './words.ts';

// Samples of what is shown of patches; see samples.ts.

const badge: Badge = { word: 'given', tone: 'good' };
const when: Moment = { iso: '2024-06-28T14:31:00.000Z', words: '2024-06-28 14:31 UTC', ago: '3 days ago' };
const html = new Html('');

const comment: CommentModel = { person: 'P', href: '/', posted: when, text: 't', answered: true, fate: 'f' };
const tag = { kind: 'Acked-by', person: 'P', badge, why: 'w', href: '/' };
const row = { line: 1, kind: 'added', old: '', fresh: '1', mark: '+', comments: html } as const;
const patch: PatchModel = {
  title: 't',
  name: '1/2',
  version: 'v1',
  change: { subject: 's', href: '/' },
  author: 'a',
  posted: when,
  msgid: '<m@x>',
  mailHref: '/',
  rawHref: '/',
  evidenceHref: '/',
  before: '/',
  after: '/',
  versions: [
    { word: 'v1', href: '/', compare: '/', current: false },
    { word: 'v2', href: '', compare: '/', current: false },
    { word: 'v3', href: '/', compare: '', current: true },
  ],
  tags: [tag, { ...tag, why: '', badge: { word: 'carried over', tone: 'good' } }],
  message: [
    { line: 0, text: 't', kind: 'mailed', comments: null },
    { line: 1, text: 't', kind: 'added', comments: html },
  ],
  notes: [
    { line: 2, text: 'v2: t', comments: null },
    { line: 3, text: 't', comments: html },
  ],
  files: ['file-1', 'file-2'].map((id) => ({
    id,
    path: 'p',
    added: 1,
    removed: 0,
    rows: [
      {
        ...row,
        pieces: [
          { text: 'if', classes: 'keyword changed' },
          { text: ' ', classes: '' },
        ],
      },
    ],
  })),
  general: html,
  open: 1,
  answered: 1,
  thread: html,

  cut: 'c',
};

const evidence: EvidenceModel = {
  title: 't',
  patchHref: '/',
  change: { words: 'w', href: '/' },
  rows: ['/', ''].map((carriedHref) => ({
    kind: 'Acked-by',
    value: 'v',
    person: 'P',
    badge,
    why: 'w',
    scope: 's',
    given: when,
    href: '/',
    sender: 's',
    dkim: 'd',
    carriedHref,
  })),
};

const compare: CompareModel = {
  title: 't',
  href: '/',
  change: 'c',
  project: 'p',
  old: 'v1',
  fresh: 'v2',
  choices: [
    { id: 'v1', word: 'v1', isOld: true, isFresh: false },
    { id: 'v2', word: 'v2', isOld: false, isFresh: true },
  ],
  action: '/',
  pairs: [
    { id: 'p1', old: '1', fresh: '1', badge, title: 't', blocks: [{ kind: 'added', text: 't' }] },
    { id: 'p2', old: '–', fresh: '2', badge, title: 't', blocks: [] },
  ],
  comments: [{ person: 'P', href: '/', line: 'l', text: 't', fate: badge }],
};

/** What each of these templates must be able to show. */
export const PATCH_SAMPLES = {
  patch: [
    patch,
    {
      ...patch,
      before: '',
      after: '',
      versions: [],
      tags: [],
      notes: [],
      files: [],
      general: null,
      open: 0,
      answered: 0,
      thread: null,
      cut: '',
    },
  ],
  comments: [{ comments: [comment, { ...comment, answered: false, fate: '' }] }, { comments: [] }],
  thread: [
    {
      thread: [
        {
          id: 'mail-1',
          person: 'P',
          href: '/',
          posted: when,
          depth: 0,
          blocks: [
            { kind: 'quote', text: 't', lines: 9, folded: true },
            { kind: 'text', text: 't', lines: 1, folded: false },
          ],
        },
      ],
    },
    { thread: [] },
  ],
  evidence: [evidence, { ...evidence, rows: [] }],
  compare: [compare, { ...compare, pairs: null, comments: [] }],
} as const;
