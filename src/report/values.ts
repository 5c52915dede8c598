import type { Address } from '../mail/message.ts';
import type { Series } from '../series/series.ts';
import { markOf } from './mark.ts';
import type { Report } from './report.ts';
import type { TemplateValues } from './template.ts';
import { placeValues } from './applies.ts';
import { oneLine, quoteOutput } from './text.ts';

/** Where readers can look further; null for what they cannot reach. */
export interface ReportLinks {
  /** Repository that holds the published branch: a URL or `user@host:path`. */
  readonly repository: string | null;
  /** Web page of the published branch. */
  readonly branch: string | null;
  /** patchloom's page of the series. */
  readonly page: string | null;
}

/**
 * The placeholders of the templates. Only numbers and the operator's own words are fit for running text; `series`, `author`,
 * `patch` and `output` come from mails and stand after `| `.
 */
export function valuesOf(
  report: Report,
  series: Series,
  bot: Address,
  links: ReportLinks,
  msgid: string,
): TemplateValues {
  const count = series.patches.length + report.missing.length;
  const patch = series.patches.find(({ index }) => index === report.patch) ?? null;
  const [check] = report.checks;
  const place = patch === null ? 'as a whole it' : `patch ${patch.index}/${patch.total}`;
  return {
    project: report.project,
    series: `${oneLine(series.subject)} (${versionOf(series)}, ${count} ${count === 1 ? 'patch' : 'patches'})`,
    author: `${oneLine(series.author.name, 100)} <${oneLine(series.author.email, 100)}>`.trimStart(),
    base: baseOf(report),
    fetch: fetchCommand(report.ref, links.repository),
    branchPage: report.ref === null ? '' : oneLine(links.branch ?? '', 900),
    page: oneLine(links.page ?? '', 900),
    operator: oneLine(bot.email),
    mark: markOf(msgid),
    place: report.kind === 'conflict' ? place.replace(/^p/, 'P') : place,
    patch: patch === null ? '' : `${patch.index}/${patch.total} ${oneLine(patch.subject)}`,
    commit: report.ref === null ? '' : (check?.commit.slice(0, 12) ?? ''),
    output: report.conflict === null ? '' : quoteOutput(report.conflict.detail),
    before: report.before ?? '',
    now: report.summary,
    since: report.since,
    others: report.checks
      .slice(MOST_RESULTS)
      .map(({ context }) => context)
      .join(', '),
    notes: report.notes.map(({ context, summary }) => `| ${oneLine(`${context}: ${summary}`)}`).join('\n'),
    later: laterOf(report, count),
    file: conflictPlace(report),
    ...placeValues(report.conflict),
    tests: testsOf(report),
    count: count === 1 ? 'The patch' : `All ${count} patches`,
    missing: report.missing.length === 0 ? 'unknown' : report.missing.map((index) => `${index}/${count}`).join(', '),
    jobs: [...new Set(report.checks.map(({ context }) => context))].join(', '),
  };
}

/** `the build-tests "build", "boot"`. */
function testsOf({ checks }: Report): string {
  const names = [...new Set(checks.map(({ context }) => `"${oneLine(context, 100)}"`))];
  return `the build-test${names.length === 1 ? '' : 's'} ${names.join(', ')}`;
}

/** Jobs that are shown with their output; what else fails is only named. */
const MOST_RESULTS = 5;

/** Each job that fails, with the first error in its context, by the template `result`. Nothing where none fails. */
export function resultsOf({ checks }: Report, fill: (values: TemplateValues) => string): string {
  const failed = checks.filter(({ state }) => state === 'fail').slice(0, MOST_RESULTS);
  const lines = failed.length === 1 ? 30 : 12;
  const texts = failed.map((check) =>
    fill({
      job: oneLine(check.context, 100),
      result: oneLine(check.summary),
      judged: JUDGED[check.judged?.as ?? ''] ?? 'It is not known whether the base passes.',
      output: check.excerpt === '' ? '' : quoteOutput(check.excerpt, lines),
      url: oneLine(check.url ?? '', 900),
    }).trimEnd(),
  );
  return texts.join('\n\n');
}

/** What a failure means, for who reads it. Whatever blames nobody is no failure. */
const JUDGED: Readonly<Record<string, string>> = { regression: 'The base passes: this is a regression.' };

/** `v2`, `v2.1`, `v2 resent`. */
function versionOf({ version, revision, resend }: Series): string {
  return `v${version}${revision === 0 ? '' : `.${revision}`}${resend ? ' resent' : ''}`;
}

function baseOf({ base }: Report): string {
  if (base === null) return 'unknown';
  const commit = base.commit.slice(0, 12);
  return base.rule === 'base-commit'
    ? `commit ${commit}, as the series asks`
    : `${oneLine(base.name)}, commit ${commit}`;
}

function conflictPlace({ conflict }: Report): string {
  if (conflict === null || conflict.file === '') return '';
  return `${oneLine(conflict.file)}${conflict.line > 0 ? `, line ${conflict.line}` : ''}`;
}

/** Whether a later patch mends it: the author's next question. */
function laterOf(report: Report, count: number): string {
  if (report.kind !== 'build-failed' || report.patch === null || report.patch >= count) return '';
  return report.tipPasses
    ? 'The whole series passes: a later patch mends it. But it cannot be bisected at this patch.'
    : 'The whole series does not pass either.';
}

/** What a reader types. A path of this machine is of no use to others, and a name or password in a URL is nobody's business. */
function fetchCommand(ref: string | null, repository: string | null): string {
  if (ref === null || repository === null) return '';
  if (!/^(?:(?:https?|git|ssh):\/\/|[\w.-]+@[\w.-]+:)/.test(repository)) return '';
  const url = repository.replace(/^(https?:\/\/)[^/@]*@/, '$1');
  return `git fetch ${oneLine(url, 900)} ${ref}`;
}
