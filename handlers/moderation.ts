import type { OutgoingMessage } from '../src/mail/outgoing.ts';
import { quoteOutput } from '../src/report/text.ts';
import { approve, drop, type Outgoing, outgoingByMsgid } from '../src/store/outbox.ts';
import type { Db, Tx } from '../src/store/schema.ts';
import type { Context } from './context.ts';
import type { Letter } from './letter.ts';
import { tellOperator } from './notices.ts';
import type { Keep } from './stage.ts';

const WAITS = 'waits ';

/** Shows the operator a mail that waits for a yes, in a project that is moderated. */
export async function askOperator(tx: Tx, context: Context, message: OutgoingMessage): Promise<void> {
  const to = [...message.to, ...message.cc].map(({ email }) => email).join(', ');
  const text = [
    'This mail waits for a yes. To send it, answer with the line " @patchloom approve" without the blank before it; " @patchloom reject" takes it back. On the command line: "patchloom outbox approve", with this name:',
    '',
    `| ${message.msgid}`,
    '',
    quoteOutput(`To: ${to}\nSubject: ${message.subject}\n\n${message.text}`, 400),
  ].join('\n');
  await tellOperator(tx, context, {
    outcome: `${WAITS}${message.msgid}`,
    subject: `patchloom: waits for a yes: ${message.subject}`,
    text,
  });
}

/** Whether a mail asks the operator about one that does not wait any more. */
export async function asksInVain(db: Db, { kind, outcome }: Pick<Outgoing, 'kind' | 'outcome'>): Promise<boolean> {
  if (kind !== 'notice' || !outcome.startsWith(WAITS)) return false;
  return (await outgoingByMsgid(db, outcome.slice(WAITS.length)))?.state !== 'waiting';
}

/** The operator's signed yes or no, in answer to what he was shown; null where a mail is nothing of the kind. */
export async function moderationOf(context: Context, letter: Letter): Promise<Keep | null> {
  const { message, writer, evidence, requests } = letter;
  const { operator } = context.config.bot;
  const shown = message.inReplyTo === null ? null : await outgoingByMsgid(context.store.db, message.inReplyTo);
  if (shown?.kind !== 'notice' || !shown.outcome.startsWith(WAITS)) return null;
  const isOperator = operator !== null && writer.email.toLowerCase() === operator.toLowerCase();
  const word = /^@patchloom[ \t]+(approve|reject)[ \t]*$/i.exec(requests[0]?.text ?? '')?.[1]?.toLowerCase();
  if (!isOperator || evidence.kind === 'none' || word === undefined) return async () => {};
  const msgid = shown.outcome.slice(WAITS.length);
  return async (tx) => {
    // A yes by mail is to what was shown to wait; what has failed since is another question.
    const done = await (word === 'approve'
      ? approve(tx, msgid, context.clock.now(), ['waiting'])
      : drop(tx, msgid, 'rejected by mail', ['waiting']));
    context.log.info({ mail: msgid, by: writer.email, word, done }, 'moderated by mail');
  };
}
