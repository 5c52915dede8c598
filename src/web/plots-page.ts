import { COUNTING } from '../review/tag.ts';
import { checksSince, landedChanges, postedSince, repliesSince } from '../store/figures.ts';
import type { PostedSeries, Reply } from '../store/figures.ts';
import type { Db } from '../store/schema.ts';
import { withQuery } from './links.ts';
import { median, type Plot, plotOf } from './plot.ts';
import { short } from './words.ts';

const DAY = 86_400_000;
const WEEK = 7 * DAY;
const MONTHS = 12;
const WEEKS = 26;
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
  /** How long people were looked at, in days. */
  readonly days: number;
}

/** Reads what the plots show. The last year, at most. */
export async function plotsModel(db: Db, now: number): Promise<PlotsModel> {
  const since = now - 366 * DAY;
  const posted = await postedSince(db, since);
  const replies = await repliesSince(db, since);
  const landed = await landedChanges(db, since);
  const recent = now - 90 * DAY;
  return {
    plots: [waitPlot(posted, replies, landed, now), queuePlot(posted, landed, now)],
    ...loads(posted, replies, recent),
    jobs: jobRows(await checksSince(db, recent)),
    days: 90,
  };
}

function monthOf(at: number): string {
  return new Date(at).toISOString().slice(0, 7);
}

function lastMonths(now: number): string[] {
  const date = new Date(now);
  return Array.from({ length: MONTHS }, (_, at) =>
    monthOf(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - MONTHS + 1 + at, 1)),
  );
}

/** Days from posting to the first review, the first ack of somebody else, and the commit: medians of what was posted in each month. */
function waitPlot(
  posted: readonly PostedSeries[],
  replies: readonly Reply[],
  landed: ReadonlyMap<string, number>,
  now: number,
): Plot {
  const months = lastMonths(now);
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
  const medians = (values: readonly { month: string; days: number }[]) =>
    months.map((month) => median(values.filter((one) => one.month === month && one.days >= 0).map(({ days }) => days)));
  const since = (from: number, to: number) => ({ month: monthOf(from), days: (to - from) / DAY });
  return plotOf('wait', 'Days from posting to the first review, ack and commit (median)', 'days', months, [
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

/** Changes that were posted or sent again within two months, and not yet upstream, at the end of each week. */
function queuePlot(posted: readonly PostedSeries[], landed: ReadonlyMap<string, number>, now: number): Plot {
  const weeks = Array.from({ length: WEEKS }, (_, at) => now - (WEEKS - 1 - at) * WEEK);
  const open = weeks.map((week) => {
    const alive = posted.filter(({ posted: at }) => at <= week && at > week - 60 * DAY);
    const names = new Set(alive.map(({ project, change }) => `${project} ${change}`));
    return [...names].filter((name) => (landed.get(name) ?? Number.POSITIVE_INFINITY) > week).length;
  });
  const fresh = weeks.map((week) => posted.filter(({ posted: at }) => at <= week && at > week - WEEK).length);
  const steps = weeks.map((week) => new Date(week).toISOString().slice(5, 10));
  return plotOf('queue', 'Open changes, and versions posted in the week', 'changes', steps, [
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
  return [...jobs].toSorted().map(([name, { seconds, failed }]) => ({
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
