import type { Sample } from './soak.ts';

/** How a value moves: the means of the first and the last quarter after the warm-up, and the slope of the line through all. */
export interface Trend {
  readonly first: number;
  readonly last: number;
  readonly perHour: number;
  readonly verdict: 'flat' | 'grows' | 'falls';
}

/** Caches fill in this share of the time; it says nothing of leaks. */
export const WARM_UP = 0.2;
/** Means that differ by no more than this share, or by no more than one, are the same. */
const SAME = 0.1;

/** The trend of one value over a run. */
export function trendOf(samples: readonly Sample[], name: string): Trend {
  const points = samples
    .slice(Math.floor(samples.length * WARM_UP))
    .map(({ minute, values }) => ({ x: minute / 60, y: values[name] ?? Number.NaN }))
    .filter(({ y }) => Number.isFinite(y));
  const quarter = Math.max(1, Math.floor(points.length / 4));
  const first = mean(points.slice(0, quarter).map(({ y }) => y));
  const last = mean(points.slice(-quarter).map(({ y }) => y));
  const [x, y] = [mean(points.map((point) => point.x)), mean(points.map((point) => point.y))];
  const spread = points.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
  const perHour = points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0) / (spread || 1);
  const same = Math.abs(last - first) <= Math.max(SAME * first, first < 1 ? SAME : 1);
  return { first, last, perHour, verdict: same ? 'flat' : last > first ? 'grows' : 'falls' };
}

const PANELS = [
  { title: 'memory, MiB', of: /^memory / },
  { title: 'open handles', of: /^handles / },
  { title: 'SMTP to branch, s', of: /^branch / },
  { title: 'a page, s', of: /^web .* %$|^web median$/ },
  { title: 'load of the machine', of: /^load$/ },
];
const COLOURS = ['#0b62a4', '#b3400f', '#3a7d2c', '#7a3e9d'];
const [WIDTH, HEIGHT, LEFT, TOP] = [720, 150, 52, 24];

/** The run as one picture: a panel for each kind of value. */
export function drawSoak(samples: readonly Sample[]): string {
  const names = Object.keys(samples[0]?.values ?? {});
  const end = samples.at(-1)?.minute ?? 1;
  const panels = PANELS.map(({ title, of }, at) => {
    const lines = names.filter((name) => of.test(name));
    return panel(samples, title, lines, end, at * (HEIGHT + 40) + TOP);
  });
  const height = PANELS.length * (HEIGHT + 40);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="#fff"/>\n${panels.join('\n')}\n</svg>\n`;
}

function panel(samples: readonly Sample[], title: string, names: readonly string[], end: number, top: number): string {
  const values = samples.flatMap((sample) => names.map((name) => sample.values[name] ?? 0)).filter(Number.isFinite);
  const most = Math.max(...values, 0.001) * 1.1;
  const x = (minute: number): string => (LEFT + ((WIDTH - LEFT - 10) * minute) / end).toFixed(1);
  const y = (value: number): string => (top + HEIGHT - 20 - ((HEIGHT - 20) * value) / most).toFixed(1);
  const lines = names.map((name, at) => {
    const points = samples
      .filter((sample) => Number.isFinite(sample.values[name]))
      .map((sample) => `${x(sample.minute)},${y(sample.values[name] ?? 0)}`);
    const colour = COLOURS[at % COLOURS.length];
    return `<polyline fill="none" stroke="${colour}" points="${points.join(' ')}"/><text x="${LEFT + 150 + at * 130}" y="${top - 8}" fill="${colour}">${name.replace('&', '&amp;')}</text>`;
  });
  const marks = [0, 0.5, 1].map(
    (share) => `<text x="${LEFT - 4}" y="${y(most * share)}" text-anchor="end">${(most * share).toPrecision(2)}</text>`,
  );
  const axis = `<path d="M${LEFT} ${top}V${top + HEIGHT - 20}H${WIDTH - 10}" fill="none" stroke="#888"/>`;
  const ends = `<text x="${LEFT}" y="${top + HEIGHT - 6}">0</text><text x="${WIDTH - 10}" y="${top + HEIGHT - 6}" text-anchor="end">${end.toFixed(0)} min</text>`;
  return `<text x="4" y="${top - 8}" font-weight="bold">${title}</text>${axis}${marks.join('')}${ends}${lines.join('')}`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
