import { BadRequest } from './bad-request.ts';
import { withQuery } from './links.ts';

const DAY = 86_400_000;
const WEEK = 7 * DAY;

/** What can be asked for, by its name in the address; the words of the link. */
const PERIODS = { '90d': '90 days', year: 'A year', all: 'All' } as const;
export type PlotPeriod = keyof typeof PERIODS;
export const PLOT_PERIODS = Object.keys(PERIODS) as readonly PlotPeriod[];

/** Mailing lists had no patches before; a mail that seems older has a wrong date. Epoch ms. */
export const EARLIEST = Date.UTC(1995, 0, 1);

/** What a request asks for: a year where it does not say. @throws BadRequest */
export function plotPeriod(query: Readonly<Record<string, string>>): PlotPeriod {
  const asked = query['period'] ?? 'year';
  const found = PLOT_PERIODS.find((one) => one === asked);
  if (found === undefined) throw new BadRequest(`period: one of ${PLOT_PERIODS.join(', ')}`);
  return found;
}

/** From when on a period lasts, epoch ms. */
export function beginOf(period: PlotPeriod, now: number): number {
  return { '90d': now - 90 * DAY, year: now - 365 * DAY, all: EARLIEST }[period];
}

/** A period in words. @param from when what is known of it begins */
export function whenWords(period: PlotPeriod, from: number): string {
  const since = `Since ${new Date(from).toISOString().slice(0, 10)}`;
  return { '90d': 'The last 90 days', year: 'The last year', all: since }[period];
}

/** The links to all periods, one of which is looked at. */
export function periodLinks(current: PlotPeriod): readonly { word: string; href: string; current: boolean }[] {
  return PLOT_PERIODS.map((period) => ({
    word: PERIODS[period],
    href: withQuery('/plots', { period }),
    current: period === current,
  }));
}

/** The begin of the month so many before this one. */
export function monthsBack(months: number, now: number): number {
  const date = new Date(now);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - months, 1);
}

/** A stretch of time for which a plot has one value: what lies after `from`, up to `until`. Epoch ms. */
export interface Step {
  readonly word: string;
  readonly from: number;
  readonly until: number;
}

export type StepUnit = 'week' | 'month' | 'quarter' | 'year';

const MONTHS = { month: 1, quarter: 3, year: 12 } as const;

/** The steps from a time until now, oldest first: weeks that end now, or parts of the calendar (UTC), the last of which is not over. */
export function stepsSince(start: number, now: number, unit: StepUnit): readonly Step[] {
  return unit === 'week' ? weeks(start, now) : calendar(start, now, unit);
}

/** The unit that gives a plot of all that there is a bearable number of steps. */
export function unitFor(start: number, now: number): StepUnit {
  const years = (now - start) / (365 * DAY);
  if (years <= 3) return 'month';
  return years <= 12 ? 'quarter' : 'year';
}

function weeks(start: number, now: number): readonly Step[] {
  const count = Math.max(1, Math.ceil((now - start) / WEEK));
  return Array.from({ length: count }, (_, at) => {
    const until = now - (count - 1 - at) * WEEK;
    return { word: new Date(until).toISOString().slice(5, 10), from: until - WEEK, until };
  });
}

function calendar(start: number, now: number, unit: keyof typeof MONTHS): readonly Step[] {
  const months = MONTHS[unit];
  const date = new Date(start);
  const first = date.getUTCMonth() - (date.getUTCMonth() % months);
  const begin = (at: number): number => Date.UTC(date.getUTCFullYear(), first + at * months, 1);
  const steps: Step[] = [];
  for (let at = 0; begin(at) <= now; at += 1)
    steps.push({
      word: wordOf(new Date(begin(at)), unit),
      from: begin(at) - 1,
      until: Math.min(begin(at + 1) - 1, now),
    });
  return steps;
}

function wordOf(date: Date, unit: keyof typeof MONTHS): string {
  if (unit === 'month') return date.toISOString().slice(0, 7);
  const year = `${date.getUTCFullYear()}`;
  return unit === 'year' ? year : `${year} Q${Math.floor(date.getUTCMonth() / 3) + 1}`;
}
