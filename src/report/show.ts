import { COUNTING, type Tag } from '../review/tag.ts';
import type { SeriesPatch } from '../series/series.ts';
import type { Paint } from './paint.ts';
import { placeLines, whyNotOn } from './applies.ts';
import { markWords } from './marks.ts';
import { oneLine } from './text.ts';
import type { MarkView, SeriesFacts } from './view.ts';
import { ageWord, mirrorWord, readyWord, versionWord } from './words.ts';

/**
 * The text of `patchloom show`: one change with all its versions, newest first; of each its patches, tags with the reason why
 * they count or not, mirror, checks and what is missing.
 * @param now epoch milliseconds
 */
export function showChange(versions: readonly SeriesFacts[], now: number, paint: Paint): string {
  const newestFirst = [...versions].sort(
    (a, b) =>
      b.series.version - a.series.version || b.series.revision - a.series.revision || b.series.posted - a.series.posted,
  );
  const [newest] = newestFirst;
  if (newest === undefined) return '';
  const { series } = newest;
  const head = [
    paint('strong', oneLine(series.subject)),
    `${series.change} of ${series.project}, by ${person(series.author.name, series.author.email)}`,
  ];
  return `${[head, ...newestFirst.map((facts) => version(facts, now, paint))].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function version(facts: SeriesFacts, now: number, paint: Paint): string[] {
  const { series, tags, marks } = facts;
  const missing = series.missing.length === 0 ? '' : `; missing: ${series.missing.join(', ')}`;
  const target = series.target === null ? '' : `, for ${oneLine(series.target)}`;
  const cover = tags.cover.length === 0 ? [] : ['  cover', ...tags.cover.map((tag) => tagLine(tag, paint))];
  return [
    paint(
      'strong',
      `${versionWord(series)}: ${series.state}${target}, ${series.date} (${ageWord(series.posted, now)} ago)${missing}`,
    ),
    paint('quiet', `  ${oneLine(series.msgid, 900)}`),
    ...(series.linked.length === 0 ? [] : [paint('quiet', `  linked by ${series.linked.join('; ')}`)]),
    ...cover,
    ...series.patches.flatMap((patch) => [
      ...patchLines(patch, tags.patches.get(patch.msgid) ?? [], paint),
      ...markLines(marks.get(patch.msgid)),
    ]),
    ...mirrorLines(facts, paint),
    ...checkLines(facts, paint),
    ...readyLines(facts, paint),
  ];
}

function patchLines(patch: SeriesPatch, tags: readonly Tag[], paint: Paint): string[] {
  const heading = `  ${patch.index}/${patch.total} ${oneLine(patch.subject)}`;
  return [heading].concat(tags.map((tag) => tagLine(tag, paint)));
}

function markLines(mark: MarkView | undefined): string[] {
  const words = markWords(mark);
  return words === '' ? [] : [`    ${words}`];
}

function tagLine(tag: Tag, paint: Paint): string {
  const sign = COUNTING.has(tag.status) ? '+' : '-';
  const text = `    ${sign} ${tag.kind}: ${oneLine(tag.value, 120)}`;
  const evidence = tag.dkim === null ? '' : `; dkim ${oneLine(tag.dkim, 100)}`;
  const why = paint('quiet', `  [${tag.status}; ${oneLine(tag.why)}${evidence}]`);
  const meaning = COUNTING.has(tag.status) ? 'good' : tag.status === 'objection' ? 'bad' : 'warning';
  return `${paint(meaning, text)}${why}`;
}

const MADE = { engine: 'read with care', merge: 'merged three-way', 'git-am': 'made by git am' } as const;

function mirrorLines({ mirror }: SeriesFacts, paint: Paint): string[] {
  if (mirror === null) return ['  mirror: not tried'];
  const { text, meaning } = mirrorWord(mirror);
  const state = meaning === null ? text : paint(meaning, text);
  const base =
    mirror.base === null
      ? ''
      : ` on ${oneLine(mirror.base.name)} ${mirror.base.commit.slice(0, 12)} (${mirror.base.rule})`;
  const words = whyNotOn(mirror) ?? mirror.reason;
  const reason = words === '' ? '' : `: ${oneLine(words)}`;
  const refs = [mirror.ref, mirror.acked].filter((ref) => typeof ref === 'string');
  const gone = mirror.expired === undefined ? [] : [`    off the remotes since ${mirror.expired.slice(0, 10)}`];
  const place = placeLines(mirror.conflict).map((line) => `    ${line}`);
  const made = mirror.because === '' ? [] : [`    ${MADE[mirror.step ?? 'engine']}: ${oneLine(mirror.because)}`];
  return [`  mirror: ${state}${base}${reason}`, ...refs.map((ref) => `    ${ref}`), ...made, ...gone, ...place];
}

function checkLines({ series, checks }: SeriesFacts, paint: Paint): string[] {
  if (checks.length === 0) return ['  checks: none'];
  const numbers = new Map(series.patches.map(({ msgid, index }) => [msgid, index]));
  const lines = checks.map((check) => {
    const index = check.patch === null ? undefined : numbers.get(check.patch);
    const what = index === undefined ? 'series' : `${index}/${series.patches.length}`;
    const meaning = check.state === 'success' ? 'good' : check.state === 'fail' ? 'bad' : 'warning';
    const url = check.url === null ? '' : ` ${oneLine(check.url, 900)}`;
    return `    ${what} ${check.context}: ${paint(meaning, check.state)}, ${oneLine(check.summary)}${url}`;
  });
  return ['  checks:', ...lines];
}

function readyLines({ readiness }: SeriesFacts, paint: Paint): string[] {
  const { text, meaning } = readyWord(readiness);
  const state = meaning === null ? text : paint(meaning, text);
  return [`  check-in: ${state}`, ...readiness.missing.map((line) => `    ${oneLine(line, 400)}`)];
}

function person(name: string, email: string): string {
  return `${oneLine(name, 100)} <${oneLine(email, 100)}>`.trimStart();
}
