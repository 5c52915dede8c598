import { bounceOf } from '../src/mail/bounce.ts';
import type { Message } from '../src/mail/message.ts';
import { renderAnswer, type Said } from '../src/report/answer.ts';
import { type Authority, authorityOf } from '../src/report/authority.ts';
import { ownMessageId } from '../src/report/notice.ts';
import type { Request } from '../src/report/request.ts';
import { oneLine } from '../src/report/text.ts';
import { dispositionOf } from '../src/store/dispositions.ts';
import { decide, outgoingByMsgid } from '../src/store/outbox.ts';
import { markBounced } from '../src/store/outbox-queue.ts';
import { seriesByMsgid, type StoredSeries } from '../src/store/series.ts';
import type { Tx } from '../src/store/schema.ts';
import { keepRequest, requestsOf } from '../src/store/wishes.ts';
import { actOn, type Acted } from './act-on.ts';
import { type Context, projectOf } from './context.ts';
import type { LetterKey } from './letter-job.ts';
import { type Letter, loopReason, readLetter } from './letter.ts';
import { askOperator, moderationOf } from './moderation.ts';
import { isoDate, tellOperator } from './notices.ts';
import { pageAddress } from './page-address.ts';
import type { Keep } from './stage.ts';
import { maintainerAddresses } from './touched-people.ts';

const NOTHING: Keep = async () => {};

/** Reads a mail to us: a delivery report is kept beside the mail that it is about, requests are judged and acted on, once each. */
export async function letterArrived(context: Context, { msgid }: LetterKey): Promise<Keep> {
  const letter = await readLetter(context, msgid);
  if (letter === null) return NOTHING;
  const bounce = bounceOf(letter.message);
  if (bounce !== null) return keepBounce(context, letter.message, bounce);
  if (letter.requests.length === 0) return NOTHING;
  const loop = await loopReason(context, letter.message);
  if (loop === null) return (await moderationOf(context, letter)) ?? judge(context, letter);
  context.log.info({ mail: msgid, reason: loop }, 'requests not looked at');
  return NOTHING;
}

function keepBounce(context: Context, message: Message, bounce: NonNullable<ReturnType<typeof bounceOf>>): Keep {
  const { msgid, recipients } = bounce;
  const lines = recipients.map(({ recipient, action, status, words }) =>
    oneLine(`${recipient}: ${action} ${status} ${words}`, 300),
  );
  return async (tx) => {
    const ours = msgid !== null && (await markBounced(tx, msgid, lines.join('\n')));
    context.log.warn({ mail: msgid, report: message.msgid, ours, recipients }, 'a mail came back');
    if (!ours || !recipients.some(({ action }) => action === 'failed')) return;
    const text = `A mail of this bot did not arrive.\n\n${lines.map((line) => `| ${line}`).join('\n')}\n\nTo see it: "patchloom outbox show", with this name:\n\n| ${oneLine(msgid, 300)}`;
    await tellOperator(tx, context, { outcome: `bounce ${msgid}`, subject: 'patchloom: a mail came back', text });
  };
}

/** What is found out about one request before anything is written. */
interface Judged extends Authority {
  readonly request: Request;
  readonly acted: Acted | null;
}

async function judge(context: Context, letter: Letter): Promise<Keep> {
  const { message, writer } = letter;
  const { db } = context.store;
  const stored = await seriesAbout(context, message);
  const done = new Map((await requestsOf(db, message.msgid)).map((one) => [one.line, one.verdict]));
  const open = letter.requests.filter(({ line }) => (done.get(line) ?? 'doubted') === 'doubted');
  if (stored === null || open.length === 0) return NOTHING;
  const { requests } = projectOf(context, stored.series.project);
  const maintainers = [...requests.maintainers, ...(await maintainerAddresses(context, stored.series))];
  const judged: Judged[] = [];
  for (const request of open) {
    const authority = authorityOf({ ...requests, ...letter, maintainers, request, author: stored.series.author });
    const acted = authority.verdict === 'allowed' ? await actOn(context, stored, request, letter) : null;
    judged.push({ ...authority, request, acted });
  }
  const quiet = await answersAnswer(context, message);
  return async (tx) => {
    for (const one of judged) await keepJudged(tx, context, { letter, stored, one });
    const said = judged.flatMap(saidOf);
    if (said.length > 0 && !quiet) await answer(tx, context, { letter, stored, said });
    for (const { request, verdict, reason } of judged)
      context.log.info({ mail: message.msgid, request: request.text, by: writer.email, verdict, reason }, 'request');
  };
}

/** The series that a mail is about: the one whose patch or cover it answers, directly or through the thread. */
async function seriesAbout({ store }: Context, message: Message): Promise<StoredSeries | null> {
  // A long thread is derived a while after its mail has come: what the mail answers says it until then.
  for (const msgid of [message.msgid, message.inReplyTo, ...message.references.toReversed()]) {
    const disposition = msgid === null ? null : await dispositionOf(store.db, msgid);
    if (disposition === null) continue;
    return disposition.series === null
      ? null
      : seriesByMsgid(store.db, disposition.series, disposition.project ?? undefined);
  }
  return null;
}

/** An answer to an answer of ours is acted on, but gets no answer again: two bots end there. */
async function answersAnswer({ store }: Context, { inReplyTo }: Message): Promise<boolean> {
  const answered = inReplyTo === null ? null : await outgoingByMsgid(store.db, inReplyTo);
  return answered?.kind === 'answer';
}

function saidOf({ request, verdict, reason, acted }: Judged): Said[] {
  if (verdict === 'doubted') return [];
  if (verdict === 'refused') return [{ request: request.text, answer: `Not done: ${oneLine(reason)}.` }];
  return acted === null || acted.answer === null ? [] : [{ request: request.text, answer: acted.answer }];
}

interface About {
  readonly letter: Letter;
  readonly stored: StoredSeries;
}

async function keepJudged(
  tx: Tx,
  context: Context,
  { letter, stored, one }: About & { readonly one: Judged },
): Promise<void> {
  const { series } = stored;
  await one.acted?.keep(tx);
  await keepRequest(tx, {
    msgid: letter.message.msgid,
    line: one.request.line,
    project: series.project,
    change: series.change,
    command: one.request.text,
    by: letter.writer.email,
    verdict: one.verdict === 'allowed' ? 'done' : one.verdict,
    reason: one.reason,
    at: context.clock.now(),
  });
}

async function answer(
  tx: Tx,
  context: Context,
  { letter, stored, said }: About & { readonly said: readonly Said[] },
): Promise<void> {
  const { config, clock } = context;
  const { series } = stored;
  const now = clock.now();
  const outcome = `answer ${letter.message.msgid}`;
  const message = renderAnswer({
    said,
    message: letter.message,
    writer: letter.writer,
    project: series.project,
    series,
    page: pageAddress(config, `/change/${series.change}`),
    bot: config.bot,
    msgid: ownMessageId(config.bot.email, [series.project, series.key, outcome]),
    date: isoDate(now),
    templates: context.templatesOf(series.project),
  });
  if (message === null) return;
  const { mode } = projectOf(context, series.project);
  const decision = { project: series.project, key: series.key, kind: 'answer', outcome, message, mode } as const;
  if ((await decide(tx, decision, now)) && mode === 'moderate') await askOperator(tx, context, message);
}
