import type { Address } from '../mail/message.ts';
import type { OutgoingMessage } from '../mail/outgoing.ts';
import { markOf } from './mark.ts';
import { plain } from './paint.ts';
import { type MarkedSeries, readySections, waitingRows, waitingText } from './queue.ts';
import type { Templates } from './template.ts';
import { fillParagraphs, oneLine, quoteFolded } from './text.ts';

/** Most waits that a digest lists: it is read, not worked through. */
const WAITS_SHOWN = 25;

/** All that a digest is made of. */
export interface DigestRequest {
  readonly project: string;
  readonly every: 'day' | 'week';
  /** The check-in queue, judged at `now`. */
  readonly queue: readonly MarkedSeries[];
  /** Epoch ms. */
  readonly now: number;
  readonly bot: Address;
  readonly to: readonly string[];
  /** Page with all that waits, or null. */
  readonly page: string | null;
  readonly msgid: string;
  /** ISO 8601 with zone. */
  readonly date: string;
  readonly templates: Templates;
}

/** The check-in queue as a mail of its own: what can go in, and what has waited longest for whom. Null where nothing waits. */
export function renderDigest(request: DigestRequest): OutgoingMessage | null {
  const { project, queue, now, bot, to, msgid, date } = request;
  const [ready, partly, rest, aside] = readySections(queue, now, 0, plain);
  const rows = waitingRows(queue).toSorted((one, other) => one.wait.since - other.wait.since);
  if (ready.count + partly.count + rows.length === 0) return null;
  const values = {
    project,
    day: date.slice(0, 10),
    every: request.every,
    ready: ready.count === 0 ? '' : quoteFolded(ready.lines.join('\n')),
    partly: partly.count === 0 ? '' : quoteFolded(partly.lines.join('\n')),
    waiting: rows.length === 0 ? '' : quoteFolded(waitingText(rows.slice(0, WAITS_SHOWN), now, plain)),
    rest: rows.length > WAITS_SHOWN ? `${rows.length - WAITS_SHOWN}` : '',
    aside: aside.count === 0 ? '' : `${aside.count}`,
    page: oneLine(request.page ?? '', 900),
    operator: oneLine(bot.email),
    mark: markOf(msgid),
  };
  return {
    msgid,
    from: { name: oneLine(bot.name, 100), email: bot.email },
    to: to.map((email) => ({ name: '', email })),
    cc: [],
    subject: `${oneLine(project, 60)}: ${ready.count} ready, ${partly.count + rest.count} waiting (${values.day})`,
    inReplyTo: null,
    references: [],
    date,
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All', 'X-Patchloom': 'digest' },
    text: `${fillParagraphs(request.templates.digest(values).trimEnd())}\n`,
  };
}
