import { verdictOf } from '../src/ci/verdict.ts';
import type { OutgoingMessage } from '../src/mail/outgoing.ts';
import { ownMessageId } from '../src/report/notice.ts';
import { renderReport } from '../src/report/render.ts';
import { type Report, reportOf } from '../src/report/report.ts';
import { checksOf } from '../src/store/checks.ts';
import { rawOf } from '../src/store/messages.ts';
import { mirrorOf } from '../src/store/mirrors.ts';
import { decide, isDecided } from '../src/store/outbox.ts';
import { seriesByKey, type SeriesKey, type StoredSeries } from '../src/store/series.ts';
import { type Context, projectOf } from './context.ts';
import { isoDate } from './notices.ts';
import { readMail } from './read-mail.ts';
import type { Keep } from './stage.ts';

/** The job that follows a mirror without builds, or the last check. */
export function reportJob(of: SeriesKey) {
  return { kind: 'report', key: `${of.project} ${of.key}`, payload: of } as const;
}

/** Decides whether something is to be said about a series; if so its mail goes into the outbox, each outcome once. */
export async function runFinished(context: Context, of: SeriesKey): Promise<Keep> {
  const { store, clock, log } = context;
  const stored = await seriesByKey(store.db, of.project, of.key);
  const report = stored ? await reportFor(context, stored) : null;
  if (!stored || report === null || (await isDecided(store.db, of.project, of.key, report.outcome)))
    return async () => {};
  const message = await messageFor(context, stored, report);
  if (message === null) {
    log.info({ ...of, outcome: report.outcome }, 'nothing said: the mail may not be answered by a program');
    return async () => {};
  }
  const { mode } = projectOf(context, of.project);
  log.info({ ...of, outcome: report.outcome, mode, mail: message.msgid }, 'report decided');
  return async (tx) => {
    await decide(tx, { ...of, kind: report.kind, outcome: report.outcome, message, mode }, clock.now());
  };
}

/** What there is to say about a series now, or null. @param success say also that everything passes */
export async function reportFor(context: Context, { series }: StoredSeries, success?: boolean): Promise<Report | null> {
  const { db } = context.store;
  const checks = await checksOf(db, series.project, series.key);
  const mirror = (await mirrorOf(db, series.project, series.key))?.result ?? null;
  const verdict = checks.length === 0 ? null : verdictOf(checks, series.patches);
  const settings = projectOf(context, series.project).report;
  return reportOf({ series, mirror, checks, verdict, settings: { ...settings, success: success ?? settings.success } });
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
  const page = config.web?.url ?? null;
  return renderReport({
    report,
    series,
    message,
    bot: config.bot,
    settings: { to: project.report.to, lists: project.lists },
    links: {
      repository: project.git?.publish ?? null,
      branch:
        report.ref === null
          ? null
          : (project.git?.browse?.replace('{ref}', report.ref.replace('refs/heads/', '')) ?? null),
      page: page === null ? null : `${page.replace(/\/$/, '')}/change/${series.change}`,
    },
    msgid: ownMessageId(config.bot.email, [report.project, report.seriesKey, report.outcome]),
    date: isoDate(clock.now()),
    templates: context.templatesOf(series.project),
  });
}
