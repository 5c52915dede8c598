import { matchesGlob } from '../ci/plan.ts';
import type { Address } from '../mail/message.ts';
import type { Series } from '../series/series.ts';
import { plainOutcome } from './change.ts';
import { isAddress, isMachine } from './recipients.ts';
import type { Report } from './report.ts';

/** What a report can be about; a change of outcome counts as what it is a change to. */
export const TOPICS = ['conflict', 'build-failed', 'held', 'success'] as const;
export type Topic = (typeof TOPICS)[number];

/** Who gets a report beside author and list. Nobody does without such a rule. */
export interface ExtraRule {
  /** Globs: for series that touch such a file; empty: for all. */
  readonly paths: readonly string[];
  /** Empty: bad news of every kind. */
  readonly on: readonly Topic[];
  readonly to: readonly string[];
  /** Also the maintainers of the files that the series touches. */
  readonly maintainers: boolean;
}

/** A mail that half a project gets is read by nobody. */
const MOST = 20;

/** Addresses that the rules add for one report, each once. @param maintainers of the touched files */
export function extraRecipients(
  rules: readonly ExtraRule[],
  report: Pick<Report, 'outcome'>,
  series: Series,
  maintainers: readonly Address[],
): readonly Address[] {
  const topic = topicOf(report.outcome);
  const paths = series.patches.flatMap((patch) => patch.paths);
  const applies = (rule: ExtraRule) =>
    (rule.on.length === 0 ? topic !== 'success' : topic !== null && rule.on.includes(topic)) &&
    (rule.paths.length === 0 || rule.paths.some((glob) => paths.some((path) => matchesGlob(path, glob))));
  const people = maintainers.filter(({ email }) => isAddress(email) && !isMachine(email));
  const found = rules.flatMap((rule) =>
    applies(rule) ? [...rule.to.map((email) => ({ name: '', email })), ...(rule.maintainers ? people : [])] : [],
  );
  return [...new Map(found.map((one) => [one.email.toLowerCase(), one])).values()].slice(0, MOST);
}

function topicOf(outcome: string): Topic | null {
  const kind = plainOutcome(outcome).split(':')[0] ?? '';
  // A series that applies after all is good news, whether or not it was built.
  return kind === 'applies' ? 'success' : (TOPICS.find((topic) => topic === kind) ?? null);
}
