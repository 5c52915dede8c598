import { countBy, dayOf, type Replayed, type ReplayFigures, type WouldSay, figureLines } from './replay.ts';
import { isBad } from './change.ts';
import { oneLine } from './text.ts';

const WIDTH = 900;
const HEIGHT = 160;
const SHOWN = 1_000;
const WEEK = 7 * 86_400_000;

/** One HTML page, complete in itself: figures, series and mails by week, and every mail that would have been sent. */
export function replayPage(
  title: string,
  figures: ReplayFigures,
  all: readonly Replayed[],
  mails: readonly WouldSay[],
): string {
  const series = all.map(({ series: one }) => one.posted);
  const bad = mails.filter(({ outcome }) => isBad(outcome));
  const rows = mails
    .slice(0, SHOWN)
    .map(
      ({ at, outcome, subject, recipients }) =>
        `<tr><td>${dayOf(at)}<td>${escapeText(outcome)}<td>${escapeText(oneLine(subject, 120))}<td>${escapeText(recipients.join(', '))}`,
    );
  const more = mails.length > SHOWN ? `<p>${mails.length - SHOWN} more are not shown.` : '';
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${escapeText(title)}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}pre{background:#f4f4f4;padding:1rem;overflow:auto}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.2rem .6rem;border-bottom:1px solid #ddd;vertical-align:top}
svg{width:100%;height:auto}rect{fill:#3b6ea5}.bad rect{fill:#b03a2e}text{font:11px sans-serif;fill:#444}</style>
<h1>${escapeText(title)}</h1>
<pre>${escapeText(figureLines(figures).join('\n'))}</pre>
<h2>Series posted, by week</h2>
${bars(series, '')}
<h2>Mails that would have been sent, by week</h2>
${bars(
  mails.map(({ at }) => at),
  '',
)}
<h2>Of these, bad news, by week</h2>
${bars(
  bad.map(({ at }) => at),
  'bad',
)}
<h2>Every mail</h2>
<table><tr><th>Day<th>Outcome<th>Subject<th>To
${rows.join('\n')}
</table>${more}
${named('Series that upstream took unchanged, and that would have got bad news', figures.blamed)}
${named(
  'Reviewer tags that the committer added and that were not found',
  figures.tags.lacking.map(({ commit, kind, name, patch }) => `${commit.slice(0, 12)} ${kind}: ${name} ${patch}`),
)}
</html>
`;
}

function named(heading: string, lines: readonly string[]): string {
  const items = lines.map((line) => `<li>${escapeText(oneLine(line, 300))}`).join('\n');
  return `<h2>${escapeText(heading)}</h2>\n${items === '' ? '<p>None.' : `<ul>\n${items}\n</ul>`}`;
}

/** A bar chart of how many times fall into each week. Made of numbers and dates only. */
function bars(times: readonly number[], kind: string): string {
  if (times.length === 0) return '<p>None.';
  const counts = countBy(times, (time) => String(Math.floor(time / WEEK)));
  const weeks = Object.keys(counts).map(Number);
  const first = weeks.reduce((a, b) => Math.min(a, b));
  const last = Math.min(
    weeks.reduce((a, b) => Math.max(a, b)),
    first + 600,
  );
  const most = Math.max(...Object.values(counts));
  const step = WIDTH / (last - first + 1);
  const drawn = Array.from({ length: last - first + 1 }, (_, at) => {
    const count = counts[first + at] ?? 0;
    const height = Math.round((count / most) * (HEIGHT - 30));
    const label = `${dayOf((first + at) * WEEK)}: ${count}`;
    return `<rect x="${(at * step).toFixed(1)}" y="${HEIGHT - 15 - height}" width="${Math.max(1, step - 1).toFixed(1)}" height="${height}"><title>${label}</title></rect>`;
  });
  return `<svg class="${kind}" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${times.length} in all, at most ${most} a week">
<text x="0" y="10">at most ${most} a week</text>${drawn.join('')}
<text x="0" y="${HEIGHT - 2}">${dayOf(first * WEEK)}</text><text x="${WIDTH}" y="${HEIGHT - 2}" text-anchor="end">${dayOf(last * WEEK)}</text></svg>`;
}

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);
}
