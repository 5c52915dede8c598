import { markedState } from './marks.ts';
import type { Paint } from './paint.ts';
import { clip, oneLine, pad, widthOf } from './text.ts';
import type { SeriesFacts } from './view.ts';
import { type Word, ageWord, checksWord, mirrorWord, readyWord, tagCounts, versionWord } from './words.ts';

const COLUMNS = 100;
const AUTHOR = 14;
const HEADINGS = [
  'CHANGE',
  'VER',
  'STATE',
  'PATCHES',
  'A/R/T',
  'MIRROR',
  'CHECKS',
  'READY',
  'AGE',
  'AUTHOR',
  'SUBJECT',
];

/** How a change is named where room is short: the digits at the end of its name. */
export function shortChange(change: string): string {
  return /[0-9a-f]{8}$/.exec(change)?.[0] ?? clip(change, 8);
}

/**
 * The listing of `patchloom series` for people: one line for each version, 100 columns. A/R/T counts the patches that have an
 * Acked-by, a Reviewed-by, a Tested-by.
 * @param now epoch milliseconds
 */
export function listing(rows: readonly SeriesFacts[], now: number, paint: Paint): string {
  if (rows.length === 0) return '';
  const heading = HEADINGS.map((text): Word => ({ text, meaning: 'quiet' }));
  const table = [heading, ...rows.map((facts) => cells(facts, now))];
  const widths = HEADINGS.map((_, column) => Math.max(...table.map((line) => widthOf(line[column]?.text ?? ''))));
  return table.map((line) => `${printLine(line, widths, paint)}\n`).join('');
}

function cells({ series, tags, readiness, mirror, checks, marks }: SeriesFacts, now: number): Word[] {
  const total = series.patches.length + series.missing.length;
  const held = series.state === 'held';
  const plainWord = (text: string): Word => ({ text, meaning: null });
  return [
    { text: shortChange(series.change), meaning: 'strong' },
    plainWord(versionWord(series)),
    {
      text: markedState(series, marks) ?? (series.state === 'superseded' ? 'old' : series.state),
      meaning: held ? 'warning' : series.state === 'superseded' ? 'quiet' : null,
    },
    { text: `${series.patches.length}/${total}`, meaning: held ? 'warning' : null },
    plainWord(tagCounts(series, tags)),
    mirrorWord(mirror),
    checksWord(checks),
    readyWord(readiness),
    plainWord(ageWord(series.posted, now)),
    plainWord(clip(oneLine(series.author.name === '' ? series.author.email : series.author.name), AUTHOR)),
    plainWord(oneLine(series.subject)),
  ];
}

/** Cells in columns; the last one takes what is left of the line. */
function printLine(line: readonly Word[], widths: readonly number[], paint: Paint): string {
  let used = 0;
  const shown = line.map(({ text, meaning }, column) => {
    const last = column === line.length - 1;
    const fitted = last ? clip(text, Math.max(10, COLUMNS - used)) : pad(text, widths[column] ?? 0);
    used += widthOf(fitted) + 1;
    return meaning === null ? fitted : paint(meaning, fitted);
  });
  return shown.join(' ').trimEnd();
}
