import { createHash } from 'node:crypto';
import type { Address } from '../mail/message.ts';
import { listOutgoing, outgoingByMsgid } from '../store/outbox.ts';
import type { Outgoing } from '../store/outbox.ts';
import type { Db } from '../store/schema.ts';
import { seriesByKey } from '../store/series.ts';
import { shownHeader, shownReport } from './lines.ts';
import { changePath, messagePath, withQuery } from './links.ts';
import { BadRequest } from './query.ts';
import { OUTGOING_STATES, moment, short } from './words.ts';
import type { Badge, Moment } from './words.ts';

/** Mails on one page. */
export const OUTBOX_PAGE = 100;

/** So many are unfolded at first. */
const UNFOLDED = 3;

export interface OutboxModel {
  readonly states: readonly { word: string; href: string; current: boolean }[];
  readonly mails: readonly OutgoingLine[];
  /** True where older ones are not shown. */
  readonly more: boolean;
  /** Whether an operator can say yes or no on these pages. */
  readonly moderated: boolean;
}

export interface OutgoingLine {
  readonly id: string;
  readonly open: boolean;
  readonly subject: string;
  readonly project: string;
  readonly state: Badge;
  readonly created: Moment;
  readonly error: string;
  readonly doubtful: boolean;
  readonly headers: readonly { name: string; value: string }[];
  readonly text: string;
  /** The series that it is about and the mail that it answers; empty where not known. */
  readonly seriesHref: string;
  readonly replyHref: string;
}

/** Reads the newest decided mails. @throws BadRequest where the state is none */
export async function outboxModel(
  db: Db,
  query: Readonly<Record<string, string>>,
  now: number,
  moderated = false,
): Promise<OutboxModel> {
  const state = query['state'] ?? '';
  if (state !== '' && !isState(state)) throw new BadRequest(`state: one of ${Object.keys(OUTGOING_STATES).join(', ')}`);
  const found = await listOutgoing(db, { ...(state === '' ? {} : { state }), limit: OUTBOX_PAGE + 1 });
  const mails: OutgoingLine[] = [];
  for (const [at, one] of found.slice(0, OUTBOX_PAGE).entries())
    mails.push(await outgoingLine(db, one, at < UNFOLDED, now));
  const states = Object.entries(OUTGOING_STATES).map(([name, { word }]) => ({
    word,
    href: withQuery('/outbox', { state: name }),
    current: name === state,
  }));
  return {
    states: [{ word: 'all', href: '/outbox', current: state === '' }, ...states],
    mails,
    more: found.length > OUTBOX_PAGE,
    moderated,
  };
}

/** Name of a decided mail on the page. */
export function outgoingId(msgid: string): string {
  return `mail-${createHash('sha256').update(msgid).digest('hex').slice(0, 12)}`;
}

/** Whether a Message-ID is one of ours, for the page of a mail that has not come back from the list. */
export async function outgoingHref(db: Db, msgid: string): Promise<string | null> {
  return (await outgoingByMsgid(db, msgid)) === null ? null : `/outbox#${outgoingId(msgid)}`;
}

/** One decided mail as the pages show it. @param open unfolded at first */
export async function outgoingLine(db: Db, one: Outgoing, open: boolean, now: number): Promise<OutgoingLine> {
  const { message } = one;
  const stored = await seriesByKey(db, one.project, one.key);
  const values = { From: people([message.from]), To: people(message.to), Cc: people(message.cc) };
  const all = { ...values, Subject: message.subject, 'Message-ID': message.msgid };
  return {
    id: outgoingId(message.msgid),
    open,
    subject: short(message.subject),
    project: one.project,
    state: OUTGOING_STATES[one.state],
    created: moment(one.created, now),
    error: short([one.error, one.bounce === null ? null : `came back: ${one.bounce}`].filter(Boolean).join('; '), 500),
    doubtful: one.doubtful,
    headers: Object.entries(all)
      .filter(([, value]) => value !== '')
      .map(([name, value]) => ({ name, value: shownHeader(value) })),
    text: shownReport(message.text),
    seriesHref: stored === null ? '' : changePath(stored.series.change, one.project),
    replyHref: message.inReplyTo === null ? '' : messagePath(message.inReplyTo),
  };
}

function isState(text: string): text is Outgoing['state'] {
  return Object.hasOwn(OUTGOING_STATES, text);
}

/** Addresses as a header shows them. */
export function people(list: readonly Address[]): string {
  return list
    .slice(0, 100)
    .map(({ name, email }) => (name === '' ? email : `${name} <${email}>`))
    .join(', ');
}
