import type { Message } from '../mail/message.ts';
import type { Tag } from '../review/tag.ts';
import type { Disposition } from '../series/series.ts';
import { dispositionOf } from '../store/dispositions.ts';
import { copiesOf, digestOf, rawOf } from '../store/messages.ts';
import type { Db } from '../store/schema.ts';
import { seriesByMsgid, seriesOfChange } from '../store/series.ts';
import type { StoredSeries } from '../store/series.ts';
import { shownHead, shownHeader, shownText } from './lines.ts';
import type { ShownText } from './lines.ts';
import { changePath, messagePath, patchPath } from './links.ts';
import { outgoingHref, people } from './outbox-page.ts';
import { repliesOf, type ThreadMail, threadModel } from './thread-view.ts';
import type { Html } from './visible.ts';
import { DISPOSITION_WORDS, TAG_STATES, moment, short, versionWords } from './words.ts';
import type { Badge, Moment } from './words.ts';

export interface MessageModel {
  readonly subject: string;
  readonly headers: readonly { name: string; value: string; href: string }[];
  /** All of the header, as it came. */
  readonly head: string;
  readonly posted: Moment;
  readonly kind: string;
  readonly reason: string;
  /** Where it belongs; empty where it belongs nowhere. */
  readonly series: string;
  readonly seriesHref: string;
  /** Page of the patch that it is; empty where it is none of a series. */
  readonly patchHref: string;
  readonly tags: readonly FoundTag[];
  readonly oddities: readonly string[];
  readonly attachments: readonly { filename: string; type: string; size: number }[];
  readonly copies: number;
  readonly rawHref: string;
  /** Where our outbox has it; empty for other people's mail. */
  readonly outgoing: string;
  readonly text: ShownText;
  /** What was answered to a cover, which has no other page; null for other mails. */
  readonly thread: Html | null;
}

/** A tag that stands in the mail. `badge` is null where it was not taken for any patch. */
export interface FoundTag {
  readonly words: string;
  readonly badge: Badge | null;
  readonly why: string;
}

/** The Message-ID that a path means: with angle brackets or without. */
export function msgidFrom(text: string): string {
  return text.startsWith('<') && text.endsWith('>') ? text : `<${text}>`;
}

/** Reads a mail; null where it is not known. */
export async function messageModel(
  db: Db,
  msgid: string,
  readMessage: (raw: Uint8Array) => Promise<Message>,
  now: number,
  render: (thread: readonly ThreadMail[]) => Html,
): Promise<MessageModel | null> {
  const raw = await rawOf(db, msgid);
  if (raw === null) return null;
  const message = await readMessage(raw);
  const disposition = await dispositionOf(db, msgid);
  const stored = await seriesByMsgid(db, disposition?.series ?? msgid, disposition?.project ?? undefined);
  const remarks = (await digestOf(db, msgid))?.remarks ?? [];
  const component = stored?.series.cover === msgid ? stored.component : null;
  const replies = component === null ? [] : await repliesOf(db, component, msgid, readMessage);
  return {
    subject: short(message.subject) || '(no subject)',
    headers: headersOf(message, msgid, await isKept(db, message.inReplyTo)),
    head: shownHead(raw),
    posted: moment(message.posted, now),
    ...dispositionWords(disposition),
    series: stored === null ? '' : `${versionWords(stored.series)} of ${short(stored.series.subject)}`,
    seriesHref: stored === null ? '' : changePath(stored.series.change, stored.series.project),
    patchHref: stored?.series.patches.some((patch) => patch.msgid === msgid) === true ? patchPath(msgid) : '',
    tags: foundTags(remarks, stored === null ? [] : await tagsGivenIn(db, stored, msgid)),
    oddities: message.oddities.map((one) => short(one)),
    attachments: message.attachments.map(({ filename, type, content }) => ({
      filename: short(filename, 200) || '(no name)',
      type: short(type, 100),
      size: content.length,
    })),
    copies: (await copiesOf(db, msgid)).length,
    rawHref: `${messagePath(msgid)}/raw`,
    outgoing: (await outgoingHref(db, msgid)) ?? '',
    text: shownText(message.text, new Set(remarks.map((remark) => remark.line.trim()))),
    thread: replies.length === 0 ? null : render(threadModel(msgid, replies, now)),
  };
}

const isKept = async (db: Db, parent: string | null) => parent !== null && (await copiesOf(db, parent)).length > 0;

function headersOf(message: Message, msgid: string, kept: boolean): MessageModel['headers'] {
  const { from, fromHeader } = message;
  const munged = from.email !== fromHeader.email;
  const plain = [
    ['From', people([from])],
    ['Header says', munged ? people([fromHeader]) : ''],
    ['To', people(message.to)],
    ['Cc', people(message.cc)],
    ['Date', message.date],
    ['List', message.listIds.join(', ')],
    ['Message-ID', msgid],
  ] as const;
  const parent = message.inReplyTo;
  return [
    ...plain
      .filter(([, value]) => value !== '')
      .map(([name, value]) => ({ name, value: shownHeader(value), href: '' })),
    ...(parent === null
      ? []
      : [{ name: 'In reply to', value: shownHeader(parent), href: kept ? messagePath(parent) : '' }]),
  ];
}

function dispositionWords(disposition: Disposition | null): { kind: string; reason: string } {
  if (disposition === null) return { kind: 'not looked at yet', reason: 'it will be, as soon as its turn comes' };
  return { kind: DISPOSITION_WORDS[disposition.kind], reason: short(disposition.reason, 1000) };
}

/** Tags that any version of the change has from this mail. */
async function tagsGivenIn(db: Db, stored: StoredSeries, msgid: string): Promise<readonly Tag[]> {
  const versions = await seriesOfChange(db, stored.series.change, stored.series.project);
  const all = versions.map(({ tags }) => [tags.cover, ...tags.patches.values()].flat());
  return all.flat().filter((tag) => tag.givenIn === msgid);
}

/** What stands in the mail, each with what became of it; tags of a patch's own text have no remark. */
function foundTags(
  remarks: readonly { readonly kind: string; readonly value: string }[],
  tags: readonly Tag[],
): FoundTag[] {
  const found = new Map<string, FoundTag>();
  for (const tag of tags) {
    const words = `${short(tag.kind, 60)}: ${short(tag.value)}`;
    if (!found.has(words)) found.set(words, { words, badge: TAG_STATES[tag.status], why: short(tag.why) });
  }
  for (const remark of remarks) {
    const words = `${short(remark.kind, 60)}: ${short(remark.value)}`;
    if (!found.has(words)) found.set(words, { words, badge: null, why: 'was not taken for any patch' });
  }
  return [...found.values()];
}
