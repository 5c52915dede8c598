import { COUNTING } from '../review/tag.ts';
import { checksSince, landedChanges, MOST_REPLIES, postedSince, repliesSince } from '../store/figures.ts';
import type { PostedSeries, Reply } from '../store/figures.ts';
import type { Db } from '../store/schema.ts';
import { withQuery } from './links.ts';
import { median, type Plot, plotOf } from './plot.ts';
import { beginOf, EARLIEST, monthsBack, periodLinks, type PlotPeriod, whenWords } from './plot-period.ts';
import { type Step, stepsSince, type StepUnit, unitFor } from './plot-period.ts';
import { short } from './words.ts';

const DAY = 86_400_000;
/** A change that nobody has sent again for so long is not counted as open any more. */
const OPEN_MS = 60 * DAY;
const LISTED = 25;
const APPROVING: ReadonlySet<string> = new Set(['Reviewed-by', 'Acked-by']);

/** A row with a bar: `share` is of the longest, 0 to 100. */
export interface BarRow {
  readonly name: string;
  readonly href: string;
  readonly cells: readonly string[];
  readonly share: number;
}

export interface PlotsModel {
  readonly plots: readonly Plot[];
  readonly people: readonly BarRow[];
  readonly organisations: readonly BarRow[];
  readonly jobs: readonly BarRow[];
  /** What is looked at, in words: `The last 90 days`. */
  readonly when: string;
  readonly periods: ReturnType<typeof periodLinks>;
}

/** Reads what the plots show of a period. Of a very large store it is the newest part. */
export async function plotsModel(db: Db, period: PlotPeriod, now: number): Promise<PlotsModel> {
  const begin = beginOf(period, now);
  // Older ones tell when a change began and what was open at first; the first week of weeks begins a little earlier.
  const posted = await postedSince(db, Math.max(EARLIEST, begin - 365 * DAY));
  const replies = await repliesSince(db, begin - 7 * DAY);
  const landed = await landedChanges(db, begin - OPEN_MS);
  const from = period === 'all' ? firstKnown(posted, replies, now) : begin;
  const unit = period === 'all' ? unitFor(from, now) : 'week';
  const waits = stepsSince(period === 'year' ? monthsBack(11, now) : from, now, period === 'year' ? 'month' : unit);
  return {
    plots: [waitPlot(posted, replies, landed, waits), queuePlot(posted, landed, stepsSince(from, now, unit), unit)],
    ...loads(posted, replies, from),
    jobs: jobRows(await checksSince(db, from)),
    when: whenWords(period, from),
    periods: periodLinks(period),
  };
}

/** From when on both series and replies are known: of each only so many are read. Series are the oldest first, replies the newest. */
function firstKnown(posted: readonly PostedSeries[], replies: readonly Reply[], now: number): number {
  const oldest = replies.length < MOST_REPLIES ? EARLIEST : (replies.at(-1)?.posted ?? EARLIEST);
  return Math.max(posted[0]?.posted ?? now, oldest);
}

/** Days from posting to the first review, the first ack of somebody else, and the commit: medians of what was posted in each step. */
function waitPlot(
  posted: readonly PostedSeries[],
  replies: readonly Reply[],
  landed: ReadonlyMap<string, number>,
  steps: readonly Step[],
): Plot {
  const first = new Map<string, number>();
  const authors = new Map(posted.map(({ msgid, author }) => [msgid, author]));
  for (const { series, by, posted: at } of replies) {
    if (authors.get(series)?.includes(`<${by}>`) === true) continue;
    first.set(series, Math.min(first.get(series) ?? at, at));
  }
  const began = new Map<string, number>();
  for (const { project, change, posted: at } of posted) {
    const name = `${project} ${change}`;
    began.set(name, Math.min(began.get(name) ?? at, at));
  }
  const medians = (values: readonly { at: number; days: number }[]) =>
    steps.map(({ from, until }) =>
      median(values.filter(({ at, days }) => at > from && at <= until && days >= 0).map(({ days }) => days)),
    );
  const since = (from: number, to: number) => ({ at: from, days: (to - from) / DAY });
  const words = steps.map(({ word }) => word);
  return plotOf('wait', 'Days from posting to the first review, ack and commit (median)', 'days', words, [
    {
      name: 'first review',
      values: medians(
        posted.flatMap(({ msgid, posted: at }) => (first.has(msgid) ? [since(at, first.get(msgid) ?? at)] : [])),
      ),
    },
    { name: 'first ack', values: medians(posted.flatMap((one) => firstAck(one).map((at) => since(one.posted, at)))) },
    {
      name: 'commit',
      values: medians([...landed].flatMap(([name, at]) => (began.has(name) ? [since(began.get(name) ?? at, at)] : []))),
    },
  ]);
}

function firstAck({ tags, msgid }: PostedSeries): number[] {
  const all = [...tags.cover, ...[...tags.patches.values()].flat()];
  const given = all.filter(
    ({ kind, status, givenIn }) => APPROVING.has(kind) && status === 'given' && givenIn !== msgid,
  );
  const times = given.map(({ date }) => Date.parse(date)).filter((at) => Number.isFinite(at));
  return times.length === 0 ? [] : [Math.min(...times)];
}

/** Changes that were posted or sent again within two months, and not yet upstream, at the end of each step. */
function queuePlot(
  posted: readonly PostedSeries[],
  landed: ReadonlyMap<string, number>,
  steps: readonly Step[],
  unit: StepUnit,
): Plot {
  const open = steps.map(({ until }) => {
    const alive = posted.filter(({ posted: at }) => at <= until && at > until - OPEN_MS);
    const names = new Set(alive.map(({ project, change }) => `${project} ${change}`));
    return [...names].filter((name) => (landed.get(name) ?? Number.POSITIVE_INFINITY) > until).length;
  });
  const fresh = steps.map(({ from, until }) => posted.filter(({ posted: at }) => at <= until && at > from).length);
  const words = steps.map(({ word }) => word);
  return plotOf('queue', `Open changes, and versions posted in the ${unit}`, 'changes', words, [
    { name: 'open', values: open },
    { name: 'posted', values: fresh },
  ]);
}

/** Who reviews: replies to other people's series, and patches that got a tag, by person and by the domain of the address. */
function loads(
  posted: readonly PostedSeries[],
  replies: readonly Reply[],
  since: number,
): Pick<PlotsModel, 'people' | 'organisations'> {
  const authors = new Map(posted.map(({ msgid, author }) => [msgid, author]));
  const people = new Map<string, { replies: number; tags: number }>();
  const add = (email: string, field: 'replies' | 'tags') => {
    const known = people.get(email) ?? { replies: 0, tags: 0 };
    people.set(email, { ...known, [field]: known[field] + 1 });
  };
  for (const { series, by, posted: at } of replies)
    if (at >= since && authors.get(series)?.includes(`<${by}>`) === false) add(by, 'replies');
  for (const { tags, posted: at } of posted.filter((one) => one.posted >= since))
    for (const tag of [...tags.patches.values()].flat())
      if (at >= since && APPROVING.has(tag.kind) && COUNTING.has(tag.status) && tag.status !== 'in-patch')
        add(tag.email.toLowerCase(), 'tags');
  const domains = new Map<string, { replies: number; tags: number }>();
  for (const [email, one] of people) {
    const domain = email.slice(email.lastIndexOf('@') + 1);
    const known = domains.get(domain) ?? { replies: 0, tags: 0 };
    domains.set(domain, { replies: known.replies + one.replies, tags: known.tags + one.tags });
  }
  return {
    people: loadRows(people, (email) => withQuery('/series', { q: `reviewer:"${email}"` })),
    organisations: loadRows(domains, () => ''),
  };
}

function loadRows(
  all: ReadonlyMap<string, { replies: number; tags: number }>,
  href: (name: string) => string,
): BarRow[] {
  const sorted = [...all].toSorted(([, a], [, b]) => b.replies + b.tags - a.replies - a.tags).slice(0, LISTED);
  const most = Math.max(1, ...sorted.map(([, { replies, tags }]) => replies + tags));
  return sorted.map(([name, { replies, tags }]) => ({
    name: short(name, 80),
    href: href(name.replaceAll('"', '')),
    cells: [String(replies), String(tags)],
    share: Math.round(((replies + tags) * 100) / most),
  }));
}

function jobRows(checks: Awaited<ReturnType<typeof checksSince>>): BarRow[] {
  const jobs = new Map<string, { seconds: number[]; failed: number }>();
  for (const { context, state, seconds } of checks) {
    const known = jobs.get(context) ?? { seconds: [], failed: 0 };
    known.seconds.push(seconds);
    jobs.set(context, { ...known, failed: known.failed + (state === 'fail' ? 1 : 0) });
  }
  return [...jobs]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { seconds, failed }]) => ({
      name: short(name, 80),
      href: '',
      cells: [
        String(seconds.length),
        `${(median(seconds) ?? 0).toFixed(1)} s`,
        `${Math.round((failed * 100) / seconds.length)} %`,
      ],
      share: Math.round((failed * 100) / seconds.length),
    }));
}
