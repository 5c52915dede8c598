import type { Need, Readiness } from '../review/tag.ts';
import { openWaits, type QueuedSeries, type Wait } from '../review/waiting.ts';
import type { Address } from '../mail/message.ts';
import { shortChange } from './listing.ts';
import { isAside, markSummary } from './marks.ts';
import type { Paint } from './paint.ts';
import { oneLine } from './text.ts';
import type { SeriesFacts } from './view.ts';
import { ageWord, versionWord } from './words.ts';

const WHO_SHOWN = 4;

/** A series in the queue, with what people have set of it. */
export interface MarkedSeries extends QueuedSeries {
  readonly marks: SeriesFacts['marks'];
}

function nameOf({ name, email }: Address): string {
  return oneLine(name === '' ? email : name, 60);
}

function headOf({ series }: QueuedSeries, now: number, paint: Paint): string {
  const about = `${nameOf(series.author)}: ${oneLine(series.subject, 90)}`;
  return `${paint('strong', shortChange(series.change))} ${versionWord(series)}  ${ageWord(series.posted, now).padStart(4)}  ${about}`;
}

function whoOf({ who, role }: Pick<Need, 'who' | 'role'>): string {
  if (who.length === 0) return role === 'nobody' ? '' : `anybody as ${role.replace('-', ' ')}`;
  const names = who.slice(0, WHO_SHOWN).map(nameOf);
  return `${names.join(' or ')}${who.length > WHO_SHOWN ? ` or ${who.length - WHO_SHOWN} others` : ''}`;
}

/** `by a more general maintainer`: an ack that stands in for the most specific one's, which the reader may want to wait for. */
function standsIn(readiness: Readiness): string {
  if (readiness.verdict?.by !== 'general') return '';
  const files = readiness.verdict.patches.flatMap(({ general }) => general);
  const [first = ''] = files;
  return `approved by a more general maintainer: ${oneLine(first, 80)}${files.length > 1 ? ` and ${files.length - 1} more` : ''}`;
}

function needLines({ readiness, landed }: QueuedSeries, now: number): string[] {
  const done = landed.length === 0 ? [] : [`      upstream has patch ${landed.join(', ')} already`];
  const needs = (readiness.verdict?.needs ?? [])
    .filter(({ patch }) => patch === null || !landed.includes(patch))
    .map((need) => {
      const who = whoOf(need);
      return `      ${oneLine(need.text, 160)}${who === '' ? '' : `; from ${who}`}, ${ageWord(need.since, now)}`;
    });
  return [...done, ...needs];
}

function section(title: string, lines: readonly string[]): string {
  return `${[title, ...lines].join('\n')}\n`;
}

/** A part of the queue: how many series it has, the line above them, and theirs. */
export interface QueueSection {
  readonly count: number;
  readonly title: string;
  readonly lines: readonly string[];
}

/** The committer's queue for people. @param now epoch ms @param limit see `readySections` */
export function readyText(queue: readonly MarkedSeries[], now: number, limit: number, paint: Paint): string {
  const [ready, partly, rest, aside] = readySections(queue, now, limit, paint);
  // Where nobody has set anything there is nothing to say of it.
  return [ready, partly, rest, ...(aside.count === 0 ? [] : [aside])]
    .map(({ title, lines }) => section(title, lines))
    .join('');
}

/**
 * The parts of the committer's queue: what can go in, oldest first; of what the first patches can; what is missing for the rest; and what people
 * have set aside, whatever the policy says of it.
 * @param now epoch ms
 * @param limit of the rest, and of what is aside, the newest so many
 */
export function readySections(
  queue: readonly MarkedSeries[],
  now: number,
  limit: number,
  paint: Paint,
): readonly [ready: QueueSection, partly: QueueSection, rest: QueueSection, aside: QueueSection] {
  const aside = queue.filter(isAside);
  const open = queue.filter((one) => !isAside(one));
  const ready = open.filter(({ readiness }) => readiness.state === 'ready');
  const partly = open.filter(({ readiness, landed }) => isPartly(readiness, landed));
  const rest = open.filter((one) => !ready.includes(one) && !partly.includes(one));
  return [
    {
      count: ready.length,
      title: `${ready.length} ready`,
      lines: ready.flatMap((one) => {
        const note = standsIn(one.readiness);
        return [`  ${headOf(one, now, paint)}`, ...(note === '' ? [] : [`      ${note}`])];
      }),
    },
    {
      count: partly.length,
      title: `${partly.length} ready in part`,
      lines: partly.flatMap((one) => [
        `  ${headOf(one, now, paint)}`,
        `      the first ${one.readiness.verdict?.prefix ?? 0} of ${one.series.patches.length} patches can go in`,
        ...needLines(one, now),
      ]),
    },
    newestOf(rest, 'not ready', limit, (one) => [`  ${headOf(one, now, paint)}`, ...needLines(one, now)]),
    newestOf(aside, 'set aside by people', limit, (one) => [
      `  ${headOf(one, now, paint)}`,
      ...markSummary(one.series, one.marks).map((line) => `      ${line}`),
    ]),
  ];
}

function newestOf(
  all: readonly MarkedSeries[],
  what: string,
  limit: number,
  linesOf: (one: MarkedSeries) => readonly string[],
): QueueSection {
  const shown = all.slice(Math.max(0, all.length - limit));
  const cut = shown.length < all.length ? `, the newest ${shown.length}:` : '';
  return { count: all.length, title: `${all.length} ${what}${cut}`, lines: shown.flatMap(linesOf) };
}

/** Whether some first patches, beyond those that are upstream already, can go in. */
export function isPartly(readiness: Readiness, landed: readonly number[]): boolean {
  const prefix = readiness.verdict?.prefix ?? 0;
  return (
    readiness.state === 'waiting' &&
    prefix > 0 &&
    Array.from({ length: prefix }, (_, at) => at + 1).some((index) => !landed.includes(index))
  );
}

/** What one person is waited for, with the series. */
export interface WaitingRow {
  readonly queued: QueuedSeries;
  readonly wait: Wait;
}

/** All that a queue waits for, in its order. Nobody is waited for by what people have set aside. */
export function waitingRows(queue: readonly MarkedSeries[]): readonly WaitingRow[] {
  return queue.filter((one) => !isAside(one)).flatMap((queued) => openWaits(queued).map((wait) => ({ queued, wait })));
}

/** What waits, by person: those that most waits for first, each with the longest wait first. */
export function waitingText(rows: readonly WaitingRow[], now: number, paint: Paint): string {
  const people = new Map<string, WaitingRow[]>();
  for (const row of rows) {
    const names = row.wait.who.length === 0 ? [whoOf(row.wait)] : row.wait.who.map(nameOf);
    for (const name of new Set(names)) people.set(name, [...(people.get(name) ?? []), row]);
  }
  const sorted = [...people].filter(([name]) => name !== '').toSorted((one, other) => other[1].length - one[1].length);
  return sorted
    .map(([name, own]) =>
      section(
        `${paint('strong', name)}: ${own.length}`,
        own
          .toSorted((one, other) => one.wait.since - other.wait.since)
          .map(({ queued, wait }) => {
            const head = `${shortChange(queued.series.change)} ${versionWord(queued.series)}`;
            return `  ${ageWord(wait.since, now).padStart(4)}  ${head}  ${oneLine(queued.series.subject, 60)}: ${oneLine(wait.text, 120)}`;
          }),
      ),
    )
    .join('');
}
