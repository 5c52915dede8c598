import { inlineComments } from '../review/inline-comments.ts';
import type { InlineComment, ReplyMail } from '../review/inline-comments.ts';
import { repliesTo } from '../store/dispositions.ts';
import { rawOf } from '../store/messages.ts';
import type { Db } from '../store/schema.ts';
import { shownText } from './lines.ts';
import type { BlockKind } from './lines.ts';
import { messagePath } from './links.ts';
import type { WebOptions } from './options.ts';
import { moment, personWords, short } from './words.ts';
import type { Moment } from './words.ts';

/** Replies that one page reads. */
const REPLIES = 150;
/** A quote of so many lines is folded. */
const FOLDED = 4;

/** A mail of a thread, with its quotes folded. */
export interface ThreadMail {
  readonly id: string;
  readonly person: string;
  readonly href: string;
  readonly posted: Moment;
  /** How far below the patch it is, from 0. */
  readonly depth: number;
  readonly blocks: readonly { kind: BlockKind; text: string; lines: number; folded: boolean }[];
}

/** A comment at a line of a patch. */
export interface CommentModel {
  readonly person: string;
  readonly href: string;
  readonly posted: Moment;
  readonly text: string;
  readonly answered: boolean;
  /** What became of the line in the newest version; empty where this is it. */
  readonly fate: string;
}

/** Reads the replies to a mail. */
export async function repliesOf(
  db: Db,
  component: number,
  msgid: string,
  readMessage: WebOptions['readMessage'],
): Promise<readonly ReplyMail[]> {
  const mails: ReplyMail[] = [];
  for (const reply of await repliesTo(db, component, [msgid], REPLIES)) {
    const raw = await rawOf(db, reply.msgid);
    if (raw === null) continue;
    const { inReplyTo, references, from, text } = await readMessage(raw);
    mails.push({ msgid: reply.msgid, inReplyTo, references, from, posted: reply.posted, text });
  }
  return mails;
}

/** Comments by the line that they are about; those about no line have the key null. */
export function commentsByLine(
  lines: readonly string[],
  replies: readonly ReplyMail[],
  fate: (line: number) => string,
  now: number,
): ReadonlyMap<number | null, readonly CommentModel[]> {
  const found = new Map<number | null, CommentModel[]>();
  for (const comment of inlineComments(lines, replies)) {
    const model = commentModel(comment, comment.line === null ? '' : fate(comment.line), now);
    found.set(comment.line, [...(found.get(comment.line) ?? []), model]);
  }
  return found;
}

function commentModel({ from, msgid, posted, text, answered }: InlineComment, fate: string, now: number): CommentModel {
  const cut = text.length > 10_000 ? `${text.slice(0, 10_000).toWellFormed()} […]` : text;
  return {
    person: personWords(from),
    href: messagePath(msgid),
    posted: moment(posted, now),
    text: cut,
    answered,
    fate,
  };
}

/** Mails of a thread in the order of reading: each below the one that it answers. */
export function threadModel(root: string, mails: readonly ReplyMail[], now: number): readonly ThreadMail[] {
  const known = new Set(mails.map(({ msgid }) => msgid));
  const below = new Map<string, ReplyMail[]>();
  for (const mail of mails) {
    const parent =
      mail.inReplyTo !== null && known.has(mail.inReplyTo) && mail.inReplyTo !== mail.msgid ? mail.inReplyTo : root;
    below.set(parent, [...(below.get(parent) ?? []), mail]);
  }
  const shown: ThreadMail[] = [];
  const seen = new Set<string>();
  const waiting = (below.get(root) ?? []).map((mail) => ({ mail, depth: 0 })).toReversed();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { mail, depth } = next;
    if (seen.has(mail.msgid)) continue;
    seen.add(mail.msgid);
    shown.push(mailModel(mail, depth, shown.length, now));
    waiting.push(...(below.get(mail.msgid) ?? []).map((child) => ({ mail: child, depth: depth + 1 })).toReversed());
  }
  // Mails that answer each other in a ring have no way from the root.
  for (const mail of mails) if (!seen.has(mail.msgid)) shown.push(mailModel(mail, 0, shown.length, now));
  return shown;
}

function mailModel(mail: ReplyMail, depth: number, at: number, now: number): ThreadMail {
  const blocks = shownText(mail.text.trimEnd(), new Set()).blocks.map(({ kind, text }) => {
    const lines = text.trimEnd().split('\n').length;
    return { kind, text, lines, folded: kind === 'quote' && lines > FOLDED };
  });
  return {
    id: `mail-${at + 1}`,
    person: personWords(mail.from) || short(mail.msgid),
    href: messagePath(mail.msgid),
    posted: moment(mail.posted, now),
    depth: Math.min(depth, 6),
    blocks,
  };
}
