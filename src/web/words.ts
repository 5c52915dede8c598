import type { MirrorState } from '../mirror/mirror.ts';
import type { CheckState } from '../ci/run.ts';
import type { Readiness, Tag, TagSender } from '../review/tag.ts';
import type { Disposition, Series } from '../series/series.ts';
import type { BuildRun } from '../store/build-runs.ts';
import type { Outgoing } from '../store/outbox.ts';
import { visible } from './visible.ts';

/** How a state looks: its colour is never the only sign, the word is always there. */
export type Tone = 'good' | 'bad' | 'warn' | 'quiet' | 'info';

/** A state as a word for people. */
export interface Badge {
  readonly word: string;
  readonly tone: Tone;
}

export const SERIES_STATES = {
  complete: { word: 'complete', tone: 'info' },
  held: { word: 'held', tone: 'warn' },
  superseded: { word: 'superseded', tone: 'quiet' },
} as const satisfies Record<Series['state'], Badge>;

export const READINESS_STATES = {
  ready: { word: 'ready', tone: 'good' },
  waiting: { word: 'waiting', tone: 'warn' },
  blocked: { word: 'blocked', tone: 'bad' },
  unknown: { word: 'not judged', tone: 'quiet' },
} as const satisfies Record<Readiness['state'], Badge>;

export const READINESS_WORDS = {
  ready: 'Everything that the policy asks for is there: it can be committed.',
  waiting: 'It can be committed when this has come:',
  blocked: 'Something speaks against committing it:',
  unknown: 'Nothing can be said yet:',
} as const satisfies Record<Readiness['state'], string>;

export const MIRROR_STATES = {
  applied: { word: 'applies', tone: 'good' },
  already: { word: 'already there', tone: 'good' },
  conflict: { word: 'does not apply', tone: 'bad' },
  refused: { word: 'refused', tone: 'bad' },
  error: { word: 'not known yet', tone: 'warn' },
} as const satisfies Record<MirrorState, Badge>;

/** Applied, but the branch has moved since. */
export const STALE: Badge = { word: 'no longer applies', tone: 'bad' };

export const CHECK_STATES = {
  success: { word: 'passes', tone: 'good' },
  warning: { word: 'warns', tone: 'warn' },
  fail: { word: 'fails', tone: 'bad' },
  pending: { word: 'runs', tone: 'info' },
} as const satisfies Record<CheckState, Badge>;

export const RUN_STATES = {
  waiting: { word: 'not started', tone: 'quiet' },
  queued: { word: 'queued', tone: 'info' },
  running: { word: 'runs', tone: 'info' },
  ended: { word: 'ended', tone: 'good' },
  cancelled: { word: 'stopped', tone: 'quiet' },
} as const satisfies Record<BuildRun['state'], Badge>;

export const TAG_STATES = {
  given: { word: 'given', tone: 'good' },
  'in-patch': { word: 'in the patch', tone: 'good' },
  carried: { word: 'carried over', tone: 'good' },
  conditional: { word: 'conditional', tone: 'warn' },
  objection: { word: 'objection', tone: 'bad' },
  withdrawn: { word: 'withdrawn', tone: 'quiet' },
  doubtful: { word: 'doubtful', tone: 'warn' },
} as const satisfies Record<Tag['status'], Badge>;

export const SENDER_WORDS = {
  same: '',
  'other-address': 'sent from another address of the same person',
  'other-person': 'sent by somebody else',
} as const satisfies Record<TagSender, string>;

export const DISPOSITION_WORDS = {
  patch: 'patch',
  cover: 'cover',
  reply: 'reply',
  'pull-request': 'pull request',
  automatic: 'automatic mail',
  'not-ours': 'not ours',
  held: 'held',
  broken: 'broken',
  other: 'other mail',
} as const satisfies Record<Disposition['kind'], string>;

export const OUTGOING_STATES = {
  shadow: { word: 'shadow: not sent', tone: 'quiet' },
  waiting: { word: 'waits for a yes', tone: 'warn' },
  queued: { word: 'queued', tone: 'info' },
  sending: { word: 'being sent', tone: 'info' },
  sent: { word: 'sent', tone: 'good' },
  failed: { word: 'failed', tone: 'bad' },
  dropped: { word: 'dropped', tone: 'quiet' },
} as const satisfies Record<Outgoing['state'], Badge>;

/** Patchwork's slug of a state as words: `changes requested`. */
export function stateWords(slug: string): string {
  return slug.replaceAll('-', ' ');
}

/** `v2`, `v2.1`, `v1 resent`, `v1 RFC`. */
export function versionWords(series: Pick<Series, 'version' | 'revision' | 'resend' | 'rfc'>): string {
  const number = `v${series.version}${series.revision === 0 ? '' : `.${series.revision}`}`;
  return `${number}${series.rfc ? ' RFC' : ''}${series.resend ? ' resent' : ''}`;
}

/** A moment for a `<time>` element. */
export interface Moment {
  /** ISO 8601 UTC. */
  readonly iso: string;
  /** `2024-06-28 14:31 UTC`. */
  readonly words: string;
  /** `3 days ago`; empty for what lies ahead. */
  readonly ago: string;
}

const LAST_MOMENT = 8.64e15;

/** Epoch ms as people read it; whatever number came by mail, it does not throw. */
export function moment(at: number, now: number): Moment {
  const inside = Number.isFinite(at) ? Math.max(-LAST_MOMENT, Math.min(LAST_MOMENT, at)) : 0;
  const iso = new Date(inside).toISOString();
  const words = `${iso.slice(0, -14)} ${iso.slice(-13, -8)} UTC`;
  return { iso, words, ago: agoWords(now - inside) };
}

function agoWords(ms: number): string {
  if (ms < 0) return '';
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${count(minutes, 'minute')} ago`;
  if (minutes < 48 * 60) return `${count(Math.floor(minutes / 60), 'hour')} ago`;
  const days = Math.floor(minutes / (24 * 60));
  return days < 730 ? `${count(days, 'day')} ago` : `${Math.floor(days / 365.25)} years ago`;
}

/** `1 patch`, `2 patches`. */
export function count(number: number, noun: string, plural: string = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}

/** Cuts a text that came by mail for a list or a heading; unseen characters are shown. */
export function short(text: string, most: number = 300): string {
  const shown = visible(text.slice(0, most * 4))
    .replace(/\s+/g, ' ')
    .trim();
  return shown.length <= most && text.length <= most * 4 ? shown : `${shown.slice(0, most).toWellFormed()}…`;
}

/** A person's name, or the address where there is none. */
export function personWords(person: { readonly name: string; readonly email: string }): string {
  const name = short(person.name, 100);
  return name === '' ? short(person.email, 100) || 'unknown' : name;
}
