/**
 * `npm run score`: series and tags on the corpus of real mail, beside what others find there (the figures of its README). Exit 1
 * where a tag of the xen-devel threads is missing or too much, or the LTP figures are below the floor.
 */
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../config/loader.ts';
import { presetPath } from '../../config/preset.ts';
import { openBot } from '../../src/bot.ts';
import { takeIn } from '../../src/intake.ts';
import { type SeriesView, seriesView } from '../../src/report/view.ts';
import { seriesId } from '../../src/series/series.ts';
import { mboxSource } from '../../src/source/mbox.ts';
import { factsOf } from '../../src/store/facts.ts';
import { listSeries } from '../../src/store/series.ts';
import { silentLog } from '../../src/util/log.ts';
import { corpusPath } from '../helpers/corpus.ts';
import { type LtpScore, scoreLtp, type TruthRow } from '../helpers/ltp-corpus.ts';
import { deriveThread, foundTags, readThread, threadNames, wantedTags } from '../helpers/xen-corpus.ts';

/** What the rows of `truth-2024.jsonl` were measured at, the committer's own tags left out. */
const PEERS: readonly (readonly [who: string, precision: number, recall: number, exact: number | null])[] = [
  ['replies to the patch (about what Patchwork has)', 0.985, 0.724, 0.809],
  ['b4 0.15.2, all years', 0.984, 0.655, null],
  ['b4 0.15.2 -S, all years', 0.976, 0.733, null],
  ['+ the cover, From un-munged', 0.982, 0.825, 0.851],
  ['reference rule', 0.965, 0.919, 0.91],
];
const FLOOR = { precision: 0.965, recall: 0.885, exact: 0.9 };

if (threadNames.length === 0) {
  console.log(`no corpus of real mail at ${corpusPath('')}: set PATCHLOOM_CORPUS`);
  process.exit(process.env['CI'] === undefined ? 0 : 1);
}
const sound = [await scoreXen(), await scoreYear()];
process.exitCode = sound.every(Boolean) ? 0 : 1;

async function scoreXen(): Promise<boolean> {
  const notes: string[] = [];
  const sum = { right: 0, missing: 0, extra: 0 };
  console.log(`${'xen-devel thread'.padEnd(32)} series  right missing extra`);
  for (const name of threadNames) {
    const { thread, mails } = await readThread(name);
    const { series, tags } = deriveThread(mails);
    const row = { right: 0, missing: 0, extra: 0 };
    for (const patch of thread.series.flatMap((one) => one.patches)) {
      const owner = series.find((one) => one.patches.some((other) => other.msgid === patch.msgid));
      const found = foundTags(owner === undefined ? [] : (tags.get(seriesId(owner))?.patches.get(patch.msgid) ?? []));
      const wanted = patch.missing_mail === true ? [] : wantedTags(patch);
      const missing = wanted.filter((line) => !found.includes(line));
      const extra = found.filter((line) => !wanted.includes(line));
      row.right += wanted.length - missing.length;
      row.missing += missing.length;
      row.extra += extra.length;
      notes.push(
        ...missing.map((line) => `${name}: missing: ${line}`),
        ...extra.map((line) => `${name}: extra: ${line}`),
      );
    }
    const whole =
      series.length === thread.series.length ? `${series.length}` : `${series.length}/${thread.series.length}`;
    if (series.length !== thread.series.length) notes.push(`${name}: ${whole} series`);
    console.log(`${name.padEnd(32)} ${whole.padStart(6)} ${counts(row)}`);
    sum.right += row.right;
    sum.missing += row.missing;
    sum.extra += row.extra;
  }
  console.log(`${'all'.padEnd(32)} ${' '.repeat(6)} ${counts(sum)}`);
  for (const note of notes) console.log(`  ${note}`);
  return notes.length === 0;
}

function counts(row: { right: number; missing: number; extra: number }): string {
  return `${String(row.right).padStart(6)} ${String(row.missing).padStart(7)} ${String(row.extra).padStart(5)}`;
}

async function scoreYear(): Promise<boolean> {
  const mbox = corpusPath('ltp/ltp-2024.mbox.gz');
  if (!existsSync(mbox)) {
    console.log(`\nno year of LTP at ${mbox}: set PATCHLOOM_CORPUS to a corpus that has it`);
    return false;
  }
  const lines = readFileSync(corpusPath('ltp/truth-2024.jsonl'), 'utf8').split('\n');
  const truth = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as TruthRow);
  const score = scoreLtp(truth, await seriesOf(mbox));
  const { precision, recall, exact } = rates(score);
  console.log(`\nLTP 2024: ${score.rows} committed patches, ${score.found} found, ${score.committed} reviewer tags`);
  console.log(`${'reader'.padEnd(50)} precision recall exactly right`);
  for (const [who, ...figures] of PEERS) console.log(reader(who, figures));
  console.log(reader('patchloom', [precision, recall, exact]));
  for (const [why, count] of score.misses) console.log(`  ${String(count).padStart(3)} missed: ${why}`);
  return score.found === score.rows && precision >= FLOOR.precision && recall >= FLOOR.recall && exact >= FLOOR.exact;
}

function rates(score: LtpScore) {
  return {
    precision: score.right / score.given,
    recall: score.hit / score.committed,
    exact: score.exact / score.rows,
  };
}

function reader(who: string, figures: readonly (number | null)[]): string {
  const cells = figures.map((figure) => (figure === null ? '-' : figure.toFixed(3)).padStart(9));
  return `${who.padEnd(50)}${cells.join('')}`;
}

/** Every series, after the mails went through the whole intake into a store. */
async function seriesOf(mbox: string): Promise<SeriesView[]> {
  const data = await mkdtemp(join(tmpdir(), 'patchloom-score-'));
  try {
    await using bot = await openBot(loadConfig(presetPath('default'), {}, { data }), { log: silentLog });
    await takeIn(bot, mboxSource(mbox), { act: false, signal: new AbortController().signal });
    const series = await listSeries(bot.store.db, { limit: 100_000 });
    return await Promise.all(series.map(async (stored) => seriesView(await factsOf(bot.store.db, stored))));
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}
