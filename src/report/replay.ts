import type { Series } from '../series/series.ts';
import { COUNTING, type SeriesTags } from '../review/tag.ts';
import { isSamePerson } from '../review/identity.ts';
import { isBad } from './change.ts';

/** What upstream made of one patch of the list. */
export interface Taken {
  readonly commit: string;
  /** The committed diff is the posted one. */
  readonly unchanged: boolean;
  /** Reviewer tags of the commit. */
  readonly tags: readonly { readonly kind: string; readonly name: string; readonly email: string }[];
  readonly committer: { readonly name: string; readonly email: string } | null;
}

/** A mail that would have been sent. Times are epoch ms. */
export interface WouldSay {
  readonly project: string;
  readonly key: string;
  readonly outcome: string;
  readonly at: number;
  readonly subject: string;
  readonly recipients: readonly string[];
}

/** One series of the archive, with what the bot found. */
export interface Replayed {
  readonly series: Series;
  readonly tags: SeriesTags;
  /** `applied`, `conflict`, `refused`, `error`; null where it was not tried. */
  readonly mirror: string | null;
  /** The rule that chose its base; null where it has none. */
  readonly base: string | null;
}

/** A reviewer tag that the committer added and the bot lacks. */
export interface LackingTag {
  readonly patch: string;
  readonly commit: string;
  readonly kind: string;
  readonly name: string;
}

/** What a month of shadow tells an operator. */
export interface ReplayFigures {
  readonly series: number;
  readonly complete: number;
  readonly mails: number;
  readonly byOutcome: Readonly<Record<string, number>>;
  readonly byMirror: Readonly<Record<string, number>>;
  /** Of those that were applied: how many by each rule for the base. */
  readonly byBase: Readonly<Record<string, number>>;
  /** Days from the first series to the last. */
  readonly days: number;
  readonly perDay: { readonly mean: number; readonly most: number };
  readonly recipients: number;
  /** Series all of whose patches upstream took, and those of them whose every diff was taken unchanged. */
  readonly taken: number;
  readonly takenUnchanged: number;
  /** Of `takenUnchanged`: series that a mail with bad news would have been sent about, and those that would have counted as held. */
  readonly unchangedButBlamed: number;
  readonly unchangedButHeld: number;
  /** Message-IDs of the first, for a person to look at. */
  readonly blamed: readonly string[];
  /** Reviewer tags of commits without the committer's own; `lacking` are those that were not found, the first thousand. */
  readonly tags: { readonly committed: number; readonly found: number; readonly lacking: readonly LackingTag[] };
}

const DAY = 86_400_000;
const MOST_LISTED = 1_000;

/** Compares what the bot would have said with what upstream did. `taken` is keyed by the patch's Message-ID. */
export function figuresOf(
  all: readonly Replayed[],
  mails: readonly WouldSay[],
  taken: ReadonlyMap<string, Taken>,
): ReplayFigures {
  const times = all.map(({ series }) => series.posted);
  const first = times.reduce((a, b) => Math.min(a, b), times[0] ?? 0);
  const days = Math.max(1, Math.ceil((times.reduce((a, b) => Math.max(a, b), first) - first) / DAY));
  const perDay = countBy(mails, ({ at }) => dayOf(at));
  const blamed = new Set(mails.filter(({ outcome }) => isBad(outcome)).map(({ project, key }) => `${project} ${key}`));
  const whole = all.filter(
    ({ series }) => series.patches.length > 0 && series.patches.every((one) => taken.has(one.msgid)),
  );
  const unchanged = whole.filter(({ series }) =>
    series.patches.every((one) => taken.get(one.msgid)?.unchanged === true),
  );
  const wrongly = unchanged.filter(({ series }) => blamed.has(`${series.project} ${series.key}`));
  return {
    series: all.length,
    complete: all.filter(({ series }) => series.complete).length,
    mails: mails.length,
    byOutcome: countBy(mails, ({ outcome }) => outcome.replace(/:(?:\d+|series)/g, '')),
    byMirror: countBy(all, ({ mirror }) => mirror ?? 'not tried'),
    byBase: countBy(
      all.filter(({ mirror }) => mirror === 'applied'),
      ({ base }) => base ?? 'none',
    ),
    days,
    perDay: { mean: mails.length / days, most: Math.max(0, ...Object.values(perDay)) },
    recipients: new Set(mails.flatMap((one) => one.recipients)).size,
    taken: whole.length,
    takenUnchanged: unchanged.length,
    unchangedButBlamed: wrongly.length,
    unchangedButHeld: unchanged.filter(({ series }) => !series.complete).length,
    blamed: wrongly.map(({ series }) => series.msgid),
    tags: tagsFound(all, taken),
  };
}

/** Reviewer tags that were committed, without the committer's own, and how many of them the bot would have had. */
function tagsFound(all: readonly Replayed[], taken: ReadonlyMap<string, Taken>): ReplayFigures['tags'] {
  let committed = 0;
  let found = 0;
  const lacking: LackingTag[] = [];
  for (const { series, tags } of all) {
    for (const { msgid } of series.patches) {
      const commit = taken.get(msgid);
      const have = (tags.patches.get(msgid) ?? []).filter(({ status }) => COUNTING.has(status));
      for (const tag of commit?.tags ?? []) {
        if (commit?.committer != null && isSamePerson(tag, commit.committer)) continue;
        committed += 1;
        const has = have.some((one) => one.kind.toLowerCase() === tag.kind.toLowerCase() && isSamePerson(one, tag));
        if (has) found += 1;
        else lacking.push({ patch: msgid, commit: commit?.commit ?? '', kind: tag.kind, name: tag.name });
      }
    }
  }
  return { committed, found, lacking: lacking.slice(0, MOST_LISTED) };
}

/** The day of an epoch-ms time in UTC: `2024-06-28`. */
export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** How many there are of each name. */
export function countBy<T>(all: readonly T[], nameOf: (one: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const one of all) counts[nameOf(one)] = (counts[nameOf(one)] ?? 0) + 1;
  return counts;
}

const share = (part: number, whole: number): string => (whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`);

/** The figures as lines for a terminal. */
export function figureLines(figures: ReplayFigures): readonly string[] {
  const { tags, perDay } = figures;
  const list = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ') || 'none';
  return [
    `series            ${figures.series}, ${figures.complete} complete`,
    `applied           ${list(figures.byMirror)}`,
    `on                ${list(figures.byBase)}`,
    `mails             ${figures.mails} in ${figures.days} days: ${perDay.mean.toFixed(2)} a day, at most ${perDay.most}, to ${figures.recipients} addresses`,
    `of these          ${list(figures.byOutcome)}`,
    `upstream took     ${figures.taken} series whole, ${figures.takenUnchanged} of them unchanged`,
    `held wrongly      ${figures.unchangedButHeld} of the unchanged count as incomplete (${share(figures.unchangedButHeld, figures.takenUnchanged)})`,
    `tags              ${tags.found} of ${tags.committed} committed reviewer tags found (${share(tags.found, tags.committed)})`,
    `blamed wrongly    ${figures.unchangedButBlamed} of the unchanged would have got bad news (${share(figures.unchangedButBlamed, figures.takenUnchanged)})`,
  ];
}
