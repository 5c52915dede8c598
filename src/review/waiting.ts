import type { Address } from '../mail/message.ts';
import type { Entry } from '../series/entry.ts';
import type { Disposition, Series } from '../series/series.ts';
import { isSamePerson } from './identity.ts';
import { COUNTING, type Need, type NeedRule, type Readiness, type SeriesTags } from './tag.ts';

/** Somebody's words on a series that its author has not answered. */
export interface Comment {
  readonly msgid: string;
  readonly from: Address;
  /** Epoch ms. */
  readonly posted: number;
}

/** A series in the check-in queue. */
export interface QueuedSeries {
  readonly series: Series;
  /** As of now. */
  readonly readiness: Readiness;
  readonly comments: readonly Comment[];
  /** Numbers of its patches that its branch has already. */
  readonly landed: readonly number[];
}

/** Something that a series waits for. */
export interface Wait {
  readonly rule: NeedRule | 'comment';
  readonly patch: number | null;
  readonly text: string;
  readonly role: Need['role'];
  /** Each of them can end it; empty where it is anybody in that role. */
  readonly who: readonly Address[];
  /** Epoch ms. */
  readonly since: number;
}

/** Mails that gave a tag which counts: approval, not a question. */
function approvals({ cover, patches }: SeriesTags): ReadonlySet<string> {
  const all = [...cover, ...[...patches.values()].flat()];
  return new Set(all.filter(({ status }) => COUNTING.has(status)).map(({ givenIn }) => givenIn));
}

/**
 * Comments on a version that wait for its author: replies of others with no mail of his below them, oldest first. A mail that gave a
 * tag is approval, and a program's mail is none.
 * @param mails of the series' component
 */
export function unanswered(
  series: Series,
  tags: SeriesTags,
  mails: readonly Entry[],
  dispositions: readonly Disposition[],
): readonly Comment[] {
  const about = new Set(
    dispositions.filter(({ kind, series: of }) => kind === 'reply' && of === series.msgid).map(({ msgid }) => msgid),
  );
  const approving = approvals(tags);
  const own = mails.filter(({ from }) => isSamePerson(from, series.author));
  const answered = new Set(own.flatMap(({ inReplyTo, references }) => [...references, inReplyTo ?? '']));
  return mails
    .filter(({ msgid, automatic }) => about.has(msgid) && !automatic && !approving.has(msgid) && !answered.has(msgid))
    .filter(({ from }) => !isSamePerson(from, series.author))
    .map(({ msgid, from, posted }) => ({ msgid, from, posted }))
    .toSorted((one, other) => one.posted - other.posted || (one.msgid < other.msgid ? -1 : 1));
}

function commentWait(author: Address, comments: readonly Comment[]): Wait[] {
  const [first] = comments;
  if (first === undefined) return [];
  const names = [...new Set(comments.map(({ from }) => (from.name === '' ? from.email : from.name)))];
  const day = new Date(first.posted).toISOString().slice(0, 10);
  const text = `comments by ${names.join(', ')} unanswered since ${day}`;
  return [{ rule: 'comment', patch: null, text, role: 'author', who: [author], since: first.posted }];
}

/** All that a series waits for: what the policy misses, and its author's answers. */
export function waitsOf(series: Series, readiness: Readiness, comments: readonly Comment[]): readonly Wait[] {
  const needs = (readiness.verdict?.needs ?? []).map(
    ({ rule, patch, text, role, who, since }): Wait => ({ rule, patch, text, role, who, since }),
  );
  return [...needs, ...commentWait(series.author, comments)];
}

/** What a series in the queue still waits for: not for patches that its branch has. */
export function openWaits({ series, readiness, comments, landed }: QueuedSeries): readonly Wait[] {
  return waitsOf(series, readiness, comments).filter(({ patch }) => patch === null || !landed.includes(patch));
}

/** Whether a wait is on a person that somebody names by a part of name or address. */
export function isOn(wait: Wait, words: string): boolean {
  const wanted = words.toLowerCase();
  return wait.who.some(({ name, email }) => `${name} <${email}>`.toLowerCase().includes(wanted));
}
