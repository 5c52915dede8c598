import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { openBot } from '../bot.ts';
import { takeIn } from '../intake.ts';
import { openPath, type Source } from '../source/source.ts';
import { countDispositions, countSeries } from '../store/series.ts';
import { describeError } from '../util/errors.ts';
import { createLog } from '../util/log.ts';
import { type Command, type Invocation, print, say } from './command.ts';
import { startProgress } from './progress.ts';

/** Below this a thread takes longer to start than the mails to read. */
const MANY_BYTES = 8 << 20;
/** After so many new mails what the engine knows of its tables is out of date. */
const MANY_MAILS = 1_000;
/** One core stores what about so many read. */
const MOST_READERS = 3;

interface Totals {
  added: number;
  duplicates: number;
  completed: number;
}

/** `patchloom import`: reads archives into the store. Nothing is mirrored, built or sent by it. */
export const importCommand: Command = {
  name: 'import',
  usage: 'SOURCE...',
  summary: 'read mbox files, Maildirs, public-inbox directories, or - for standard input; can be repeated',
  words: [1, Number.POSITIVE_INFINITY],
  async run(invocation) {
    const config = invocation.config();
    const failed: string[] = [];
    const sources = await openAll(invocation, failed);
    if (sources.size === 0) return 1;
    const readers = await readersFor(invocation.words);
    await using bot = await openBot(config, { log: createLog('warn', invocation.terminal.stderr), readers });
    const stop = new AbortController();
    const interrupt = (): void => stop.abort();
    process.once('SIGINT', interrupt);
    const totals: Totals = { added: 0, duplicates: 0, completed: 0 };
    const started = performance.now();
    for (const [path, source] of sources)
      await orFail(invocation, path, failed, () => importOne(invocation, bot, { path, source }, totals, stop.signal));
    process.removeListener('SIGINT', interrupt);
    if (totals.added > MANY_MAILS) await bot.store.upkeep();
    await summarise(invocation, bot.store.db, totals, failed, (performance.now() - started) / 1000);
    if (stop.signal.aborted) say(invocation, 'stopped; what was read is kept, run it again to go on');
    return failed.length > 0 || stop.signal.aborted ? 1 : 0;
  },
};

/** Those that can be opened, before anything is made for them. */
async function openAll(invocation: Invocation, failed: string[]): Promise<ReadonlyMap<string, Source>> {
  const sources = new Map<string, Source>();
  for (const path of invocation.words)
    await orFail(invocation, path, failed, async () => sources.set(path, await openPath(path)));
  return sources;
}

/** One bad source does not keep the others out. */
async function orFail(
  { terminal }: Invocation,
  path: string,
  failed: string[],
  act: () => Promise<unknown>,
): Promise<void> {
  try {
    await act();
  } catch (error) {
    failed.push(path);
    terminal.stderr.write(`patchloom: ${describeError(error)}\n`);
  }
}

/** How many threads pay for reading these: one for a few files of moderate size, else one for each core beside that which stores. */
async function readersFor(paths: readonly string[]): Promise<number> {
  const sizes = await Promise.all(
    paths.map(async (path) => {
      const found = await stat(path).catch(() => null);
      return found === null || found.isFile() ? (found?.size ?? 0) : Number.POSITIVE_INFINITY;
    }),
  );
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return bytes < MANY_BYTES ? 1 : Math.max(1, Math.min(MOST_READERS, availableParallelism() - 1));
}

async function importOne(
  invocation: Invocation,
  bot: Parameters<typeof takeIn>[0],
  { path, source }: { readonly path: string; readonly source: Source },
  totals: Totals,
  signal: AbortSignal,
): Promise<void> {
  const progress = startProgress(invocation, `import ${path}`);
  try {
    await takeIn(bot, source, {
      act: false,
      signal,
      onBatch: (summary, last) => {
        totals.added += summary.added;
        totals.duplicates += summary.duplicates;
        totals.completed += summary.completed.length;
        progress.update(last.done, `${totals.added} new, ${totals.duplicates} known`);
      },
    });
  } finally {
    progress.stop();
  }
}

async function summarise(
  invocation: Invocation,
  db: Parameters<typeof countSeries>[0],
  totals: Totals,
  failed: readonly string[],
  seconds: number,
): Promise<void> {
  const series = await countSeries(db);
  const dispositions = await countDispositions(db);
  const { terminal, json } = invocation;
  if (json) {
    print(
      terminal,
      JSON.stringify({ added: totals.added, known: totals.duplicates, failed, seconds, series, dispositions }),
    );
    return;
  }
  const of = (state: string): number =>
    series.filter((one) => one.state === state).reduce((sum, one) => sum + one.count, 0);
  const rate =
    seconds > 0.5
      ? ` in ${seconds.toFixed(1)} s (${Math.round((totals.added + totals.duplicates) / seconds)} a second)`
      : '';
  print(terminal, `${totals.added} mails added, ${totals.duplicates} known before${rate}`);
  print(terminal, `series: ${of('complete')} complete, ${of('superseded')} superseded, ${of('held')} held`);
  print(terminal, `mails:  ${dispositions.map((one) => `${one.count} ${one.kind}`).join(', ')}`);
}
