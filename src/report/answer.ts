import type { Address, Message } from '../mail/message.ts';
import type { OutgoingMessage } from '../mail/outgoing.ts';
import type { Series } from '../series/series.ts';
import { isAddress } from './recipients.ts';
import { isMessageId, replySubject } from './render.ts';
import type { Templates } from './template.ts';
import { fillParagraphs, oneLine } from './text.ts';
import { markOf } from './mark.ts';

/** What is answered to one request. */
export interface Said {
  /** The line that was written. */
  readonly request: string;
  /** In our words; what came by mail stands after `| `. */
  readonly answer: string;
}

export interface AnswerRequest {
  readonly said: readonly Said[];
  readonly message: Pick<Message, 'msgid' | 'references' | 'subject'>;
  readonly writer: Address;
  readonly project: string;
  readonly series: Series | null;
  readonly page: string | null;
  readonly bot: Address;
  readonly msgid: string;
  readonly date: string;
  readonly templates: Templates;
}

/** The answer to a mail's requests: to its writer alone. Null where his address is not usable. */
export function renderAnswer(request: AnswerRequest): OutgoingMessage | null {
  const { said, message, writer, project, series, page, bot, msgid, date, templates } = request;
  if (!isAddress(writer.email)) return null;
  const common = {
    project,
    series: series === null ? '' : oneLine(series.subject),
    author: series === null ? '' : oneLine(series.author.name, 100),
    base: '',
    fetch: '',
    branchPage: '',
    page: oneLine(page ?? '', 900),
    operator: oneLine(bot.email),
    mark: markOf(msgid),
  };
  const bodies = said.map((one) =>
    templates.answer({ ...common, request: `> ${oneLine(one.request)}`, answer: one.answer }).trimEnd(),
  );
  const text = [...bodies, templates.footer(common).trimEnd()].join('\n\n');
  const references = [...new Set([...message.references, message.msgid])].filter(isMessageId);
  return {
    msgid,
    from: { name: oneLine(bot.name, 100), email: bot.email },
    to: [{ name: oneLine(writer.name, 100), email: writer.email }],
    cc: [],
    subject: replySubject(message.subject),
    inReplyTo: isMessageId(message.msgid) ? message.msgid : null,
    references,
    date,
    headers: { 'Auto-Submitted': 'auto-replied', 'X-Auto-Response-Suppress': 'All', 'X-Patchloom': 'answer' },
    text: `${fillParagraphs(text)}\n`,
  };
}
