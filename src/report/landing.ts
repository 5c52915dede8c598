import type { Address } from '../mail/message.ts';
import type { LandingChanges } from '../review/landing-changes.ts';
import type { LandingRule } from '../review/landing.ts';
import { oneLine } from './text.ts';

/** A patch of a series in an upstream branch. */
export interface LandingView extends LandingChanges {
  readonly patch: number;
  readonly msgid: string;
  readonly branch: string;
  readonly commit: string;
  readonly committer: Address;
  /** ISO 8601. */
  readonly date: string;
  readonly rule: LandingRule;
}

const RULES: Readonly<Record<LandingRule, string>> = {
  link: 'the commit names the mail',
  content: 'the same content',
  'patch-id': 'the same but for blanks',
  title: 'by title and author',
};

function changesOf({ files, title, added, dropped }: LandingView): string[] {
  return [
    ...(files.length === 0 ? [] : [`changed in ${files.map((path) => oneLine(path, 100)).join(', ')}`]),
    ...(title === null ? [] : [`as "${oneLine(title, 100)}"`]),
    ...added.map((line) => `added ${oneLine(line, 120)}`),
    ...dropped.map((line) => `without ${oneLine(line, 120)}`),
  ];
}

/** Whether the series is upstream, for people: whole or in part in each branch, then each patch with what the committer changed. */
export function landingLines(landings: readonly LandingView[], count: number): readonly string[] {
  const branches = [...new Set(landings.map(({ branch }) => branch))];
  return branches.flatMap((branch) => {
    const own = landings.filter((one) => one.branch === branch).toSorted((one, other) => one.patch - other.patch);
    const whole = own.length === count ? 'whole' : `${own.length} of ${count} patches`;
    const head = `upstream ${oneLine(branch, 100)}: ${whole}`;
    const lines = own.map((one) => {
      const who = `${one.commit.slice(0, 12)} by ${oneLine(one.committer.name, 60)}, ${one.date.slice(0, 10)}`;
      return `  ${one.patch}/${count} ${who} (${[RULES[one.rule], ...changesOf(one)].join('; ')})`;
    });
    return [head, ...lines];
  });
}
