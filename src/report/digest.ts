import type { Address } from '../mail/message.ts';
import type { OutgoingMessage } from '../mail/outgoing.ts';
import type { QueuedSeries } from '../review/waiting.ts';
import { markOf } from './mark.ts';
import { ownMessageId } from './notice.ts';
import { plain } from './paint.ts';
import { committableText, isPartly, isReady, waitingRows, waitingText } from './queue.ts';
import type { Templates } from './template.ts';
import { fillParagraphs, oneLine, quoteOutput } from './text.ts';

const DAY = 86_400_000;
/** A Monday, 00:00 UTC: from here periods are counted. */
const MONDAY = Date.UTC(1970, 0, 5);
/** Rows of one person, and lines of each part: a mail that is read to its end. The page has the rest. */
const ROWS = 5;
const LINES = 200;

/** How often a project wants its digest. */
export interface Rhythm {
  /** Seconds from one to the next. */
  readonly every: number;
  /** Seconds after midnight, UTC; where it is weekly, of Mondays. */
  readonly at: number;
}

/** One time at which a digest is due. */
export interface Period {
  /** Epoch ms. */
  readonly start: number;
  /** Names the digest, the same each time the question is asked: `digest 2026-11-23`, with the time where there are several a day. */
  readonly outcome: string;
}

/** The period that has begun last. @param now epoch ms */
export function periodOf({ every, at }: Rhythm, now: number): Period {
  const length = every * 1000;
  const first = MONDAY + at * 1000;
  const start = first + Math.floor((now - first) / length) * length;
  const moment = new Date(start).toISOString();
  return { start, outcome: `digest ${moment.slice(0, length < DAY ? 16 : 10)}` };
}

/** All that a digest is made of. */
export interface DigestRequest {
  readonly project: string;
  readonly queue: readonly QueuedSeries[];
  /** `Period.outcome`. */
  readonly outcome: string;
  /** Series posted before are left out: epoch ms. */
  readonly since: number;
  readonly to: string;
  readonly bot: Address;
  /** Where the queue can be read, or null. */
  readonly page: string | null;
  /** Epoch ms. */
  readonly now: number;
  readonly templates: Templates;
}

/** The check-in queue as a mail to one reader, or null where nothing is ready and nothing waits. */
export function renderDigest(request: DigestRequest): OutgoingMessage | null {
  const { project, queue, outcome, since, to, bot, page, now, templates } = request;
  const rows = waitingRows(queue);
  const ready = queue.filter(isReady).length;
  const partly = queue.filter(({ readiness, landed }) => isPartly(readiness, landed)).length;
  if (ready + partly + rows.length === 0) return null;
  const msgid = ownMessageId(bot.email, [project, to.toLowerCase(), outcome]);
  const text = templates.digest({
    project,
    day: dayOf(now),
    since: dayOf(since),
    committable: ready + partly === 0 ? '' : quoted(committableText(queue, now, plain)),
    waiting: rows.length === 0 ? '' : quoted(waitingText(rows, now, plain, ROWS)),
    page: oneLine(page ?? '', 900),
    operator: oneLine(bot.email),
    mark: markOf(msgid),
  });
  const waiting = new Set(rows.map(({ queued }) => queued)).size;
  return {
    msgid,
    from: { name: oneLine(bot.name, 100), email: bot.email },
    to: [{ name: '', email: to }],
    cc: [],
    subject: `${project}: ${ready} ready to commit, ${waiting} waiting (${dayOf(now)})`,
    inReplyTo: null,
    references: [],
    date: new Date(now).toISOString().replace(/\.\d+Z$/, '+00:00'),
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'X-Patchloom': 'digest',
      'X-Patchloom-Outcome': outcome.replace(' ', '_'),
    },
    text: `${fillParagraphs(text.trimEnd())}\n`,
  };
}

/** Subjects and names came by mail: no tool may take a line for a tag. */
function quoted(text: string): string {
  return quoteOutput(text.trimEnd(), LINES);
}

function dayOf(epoch: number): string {
  return new Date(epoch).toISOString().slice(0, 10);
}
