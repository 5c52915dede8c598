import { verdictOf } from '../src/ci/verdict.ts';
import type { Address } from '../src/mail/message.ts';
import type { OutgoingMessage } from '../src/mail/outgoing.ts';
import { changeOf, sinceWords } from '../src/report/change.ts';
import { extraRecipients } from '../src/report/extra.ts';
import { ownMessageId } from '../src/report/notice.ts';
import { renderReport } from '../src/report/render.ts';
import { type Report, reportOf } from '../src/report/report.ts';
import { checksOf } from '../src/store/checks.ts';
import { digestOf, rawOf } from '../src/store/messages.ts';
import { mirrorOf } from '../src/store/mirrors.ts';
import { decide, isDecided, outgoingOf, ownAmong } from '../src/store/outbox.ts';
import type { Series } from '../src/series/series.ts';
import type { Db } from '../src/store/schema.ts';
import { seriesByKey, type SeriesKey, seriesOfChange, type StoredSeries } from '../src/store/series.ts';
import { optedOut, wishesAbout } from '../src/store/wishes.ts';
import { type Context, projectOf } from './context.ts';
import { askOperator } from './moderation.ts';
import { isoDate } from './notices.ts';
import { pageAddress } from './page-address.ts';
import { readMail } from './read-mail.ts';
import type { Keep } from './stage.ts';
import { maintainersOf } from './touched-people.ts';

/** Decides whether something is to be said about a series; if so its mail goes into the outbox, each outcome once. */
export async function runFinished(context: Context, of: SeriesKey): Promise<Keep> {
  const { store, clock, log } = context;
  const stored = await seriesByKey(store.db, of.project, of.key);
  const report = stored ? await reportFor(context, stored) : null;
  if (!stored || report === null || (await isDecided(store.db, of.project, of.key, report.outcome)))
    return async () => {};
  const silent = await silenceOf(context, stored);
  const message = silent === null ? await messageFor(context, stored, report) : null;
  if (message === null) {
    log.info(
      { ...of, outcome: report.outcome },
      `nothing said: ${silent ?? 'the mail may not be answered by a program'}`,
    );
    return async () => {};
  }
  const { mode } = projectOf(context, of.project);
  log.info({ ...of, outcome: report.outcome, mode, mail: message.msgid }, 'report decided');
  return async (tx) => {
    const decision = { ...of, kind: report.kind, outcome: report.outcome, message, mode };
    if ((await decide(tx, decision, clock.now())) && mode === 'moderate') await askOperator(tx, context, message);
  };
}

/** Why nothing is said about a series whatever comes of it, in words; null where something may be. */
export async function silenceOf({ store }: Context, { series }: StoredSeries): Promise<string | null> {
  const { project, change, author } = series;
  const [wish] = await wishesAbout(store.db, { project, change, author: author.email });
  if (wish !== undefined) return `${wish.kind} for this ${wish.scope}, by ${wish.by}`;
  const digest = await digestOf(store.db, series.msgid);
  const above = [...(digest?.entry.references ?? []), digest?.entry.inReplyTo ?? ''];
  // What answers us would be answered, and so on for ever, where a program wrote it.
  return (await ownAmong(store.db, above)).size > 0 ? 'it answers a mail of ours' : null;
}

/** What there is to say about a series now, or null. @param success say also that everything passes */
export async function reportFor(context: Context, { series }: StoredSeries, success?: boolean): Promise<Report | null> {
  const { db } = context.store;
  const checks = await checksOf(db, series.project, series.key);
  const mirror = (await mirrorOf(db, series.project, series.key))?.result ?? null;
  const verdict = checks.length === 0 ? null : verdictOf(checks, series.patches);
  const { report: settings } = projectOf(context, series.project);
  const facts = { series, mirror, checks, verdict, settings: { ...settings, success: success ?? settings.success } };
  const before = await lastSaid(db, series);
  const report = before === null ? reportOf(facts) : (sameAs(reportOf(facts), before) ?? changeOf(facts, before));
  return report === null ? null : { ...report, since: sinceWords(report, await earlierSaid(db, series)) };
}

/** The report itself where it is what was said last: so that it is known to have been said. */
function sameAs(report: Report | null, before: string): Report | null {
  return report?.outcome === before ? report : null;
}

/** Outcome of the last report on a version that was not taken back, or null. */
async function lastSaid(db: Db, { project, key }: Series): Promise<string | null> {
  // That it has arrived is no result, so a result is no change of it.
  const said = (await outgoingOf(db, project, key)).filter(
    ({ kind, state }) => !['answer', 'notice', 'received'].includes(kind) && state !== 'dropped',
  );
  return said.at(-1)?.outcome ?? null;
}

async function earlierSaid(
  db: Db,
  series: Series,
): Promise<{ readonly version: number; readonly outcome: string } | null> {
  const versions = await seriesOfChange(db, series.change, series.project);
  const before = versions.findLast((one) => one.series.version < series.version)?.series;
  const outcome = before === undefined ? null : await lastSaid(db, before);
  return before === undefined || outcome === null ? null : { version: before.version, outcome };
}

/** Whom the rules of the project add, but for those who have opted out. */
async function extraFor(context: Context, series: Series, report: Report): Promise<readonly Address[]> {
  const rules = projectOf(context, series.project).report.extra;
  if (rules.length === 0) return [];
  const maintainers = rules.some((rule) => rule.maintainers) ? await maintainersOf(context, series) : [];
  const extra = extraRecipients(rules, report, series, maintainers);
  const gone = await optedOut(
    context.store.db,
    series.project,
    extra.map(({ email }) => email),
  );
  return extra.filter(({ email }) => !gone.has(email.toLowerCase()));
}

/** The mail of a report, or null where the message it answers may not be answered. */
export async function messageFor(
  context: Context,
  { series }: StoredSeries,
  report: Report,
): Promise<OutgoingMessage | null> {
  const { config, store, clock } = context;
  const project = projectOf(context, series.project);
  const raw = await rawOf(store.db, report.replyTo);
  if (raw === null) return null;
  const { message } = await readMail(raw);
  return renderReport({
    report,
    series,
    message,
    bot: config.bot,
    settings: { to: project.report.to, lists: project.lists, extra: await extraFor(context, series, report) },
    links: {
      repository: project.git?.publish[0] ?? null,
      branch:
        report.ref === null
          ? null
          : (project.git?.browse?.replace('{ref}', report.ref.replace('refs/heads/', '')) ?? null),
      page: pageAddress(config, `/change/${series.change}`),
    },
    msgid: ownMessageId(config.bot.email, [report.project, report.seriesKey, report.outcome]),
    date: isoDate(clock.now()),
    templates: context.templatesOf(series.project),
  });
}
