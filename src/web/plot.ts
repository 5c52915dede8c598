/** A line of a plot: one value a step, null where there is none. */
export interface PlotLine {
  readonly name: string;
  readonly values: readonly (number | null)[];
}

/** A plot as the template draws it, and as the table behind it says it. */
export interface Plot {
  readonly id: string;
  readonly title: string;
  /** What a value is: `days`. */
  readonly unit: string;
  readonly steps: readonly string[];
  readonly lines: readonly {
    name: string;
    tone: number;
    points: readonly string[];
    dots: readonly Dot[];
    cells: readonly string[];
  }[];
  readonly heights: readonly { y: number; word: string }[];
  readonly marks: readonly { x: number; word: string }[];
  readonly any: boolean;
}

interface Dot {
  readonly x: number;
  readonly y: number;
  readonly words: string;
}

/** The drawing's own units; the page scales it. */
export const PLOT = { width: 640, height: 220, left: 44, right: 632, top: 12, bottom: 190 } as const;
const MARKS = 6;

/** Lays out lines over the same steps. */
export function plotOf(
  id: string,
  title: string,
  unit: string,
  steps: readonly string[],
  lines: readonly PlotLine[],
): Plot {
  const values = lines.flatMap((line) => line.values.filter((value) => value !== null));
  const top = niceTop(Math.max(1, ...values));
  const x = (at: number) => round(PLOT.left + ((PLOT.right - PLOT.left) * at) / Math.max(1, steps.length - 1));
  const y = (value: number) => round(PLOT.bottom - ((PLOT.bottom - PLOT.top) * value) / top);
  const every = Math.max(1, Math.ceil(steps.length / MARKS));
  return {
    id,
    title,
    unit,
    steps,
    lines: lines.map((line, tone) => ({
      name: line.name,
      tone: tone + 1,
      points: runs(line.values.map((value, at) => (value === null ? null : `${x(at)},${y(value)}`))),
      dots: line.values.flatMap((value, at) =>
        value === null
          ? []
          : [{ x: x(at), y: y(value), words: `${line.name}, ${steps[at]}: ${wordOf(value)} ${unit}` }],
      ),
      cells: line.values.map((value) => (value === null ? '–' : wordOf(value))),
    })),
    heights: [0, top / 2, top].map((value) => ({ y: y(value), word: wordOf(value) })),
    marks: steps.flatMap((word, at) => (at % every === 0 ? [{ x: x(at), word }] : [])),
    any: values.length > 0,
  };
}

/** Points that follow each other without a gap, joined. */
function runs(points: readonly (string | null)[]): string[] {
  return points
    .map((point) => point ?? '|')
    .join(' ')
    .split('|')
    .map((run) => run.trim())
    .filter((run) => run !== '');
}

function niceTop(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 4, 5, 10].find((step) => step * power >= value) ?? 10);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function wordOf(value: number): string {
  return value >= 100 || Number.isInteger(value) ? String(Math.round(value)) : value.toFixed(1);
}

/** The middle one; null where there is none. */
export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}
