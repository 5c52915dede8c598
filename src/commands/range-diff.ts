import { projectOf } from '../../handlers/context.ts';
import { patchesOf } from '../../handlers/series-patches.ts';
import { type Bot, openBot } from '../bot.ts';
import type { MirrorPatch } from '../mirror/mirror.ts';
import { interdiff } from '../mirror/range-diff/interdiff.ts';
import { type PatchPair, rangeDiff, renderRangeDiff } from '../mirror/range-diff/range-diff.ts';
import { seriesOfChange, type StoredSeries } from '../store/series.ts';
import { PatchloomError } from '../util/errors.ts';
import { silentLog } from '../util/log.ts';
import { type Command, type Invocation, print } from './command.ts';
import { findSeries } from './find.ts';

/** `patchloom range-diff`: how a version differs from the one before it. */
export const rangeDiffCommand: Command = {
  name: 'range-diff',
  usage: 'ID|MSGID [--from N] [--patch N]',
  summary: 'compare a version with the one before it, or with version N; --patch shows what one patch leaves otherwise',
  options: { from: { type: 'string' }, patch: { type: 'string' } },
  words: [1, 1],
  async run(invocation) {
    await using bot = await openBot(invocation.config(), { log: silentLog, readonly: true });
    const fresh = await findSeries(bot, invocation.words[0] ?? '', invocation.project);
    const old = await versionBefore(bot, fresh, numberOf(invocation, 'from'));
    const { patches: before } = await patchesOf(bot.store.db, old);
    const { patches: after } = await patchesOf(bot.store.db, fresh);
    const pairs = rangeDiff(before, after);
    if (pairs === null) throw new PatchloomError('NOT_FOUND', 'the versions have too many patches to be compared');
    const wanted = numberOf(invocation, 'patch');
    const strip = projectOf(bot, fresh.series.project).git?.strip ?? 1;
    if (wanted !== null) print(invocation.terminal, interdiffOf(pairs, before, after, wanted, strip));
    else if (invocation.json) print(invocation.terminal, JSON.stringify(pairs));
    else print(invocation.terminal, rendered(pairs, old, fresh));
    return 0;
  },
};

function numberOf({ options }: Invocation, name: 'from' | 'patch'): number | null {
  const given = options[name];
  if (typeof given !== 'string') return null;
  const number = /^v?(\d{1,4})$/.exec(given)?.[1];
  if (number === undefined) throw new PatchloomError('USAGE', `range-diff: --${name} takes a number`);
  return Number(number);
}

/** @param wanted number of the version; null: the last one before */
async function versionBefore(bot: Bot, { series }: StoredSeries, wanted: number | null): Promise<StoredSeries> {
  const versions = (await seriesOfChange(bot.store.db, series.change, series.project)).filter(
    (one) => one.series.key !== series.key,
  );
  const found = versions.findLast((one) => {
    return wanted === null ? one.series.posted < series.posted : one.series.version === wanted;
  });
  if (found !== undefined) return found;
  const which = wanted === null ? 'no version before this one' : `no version ${wanted}`;
  throw new PatchloomError('NOT_FOUND', `${series.subject}: there is ${which}`);
}

function rendered(pairs: readonly PatchPair[], old: StoredSeries, fresh: StoredSeries): string {
  const idOf =
    ({ series }: StoredSeries) =>
    (index: number) =>
      (series.patches[index - 1]?.patchId ?? '').slice(0, 12).padEnd(12, '-');
  return forTerminal(renderRangeDiff(pairs, { old: idOf(old), fresh: idOf(fresh) }).trimEnd());
}

function interdiffOf(
  pairs: readonly PatchPair[],
  before: readonly MirrorPatch[],
  after: readonly MirrorPatch[],
  wanted: number,
  strip: number,
): string {
  const pair = pairs.find(({ fresh }) => fresh === wanted);
  const [old, fresh] = [before[(pair?.old ?? 0) - 1], after[wanted - 1]];
  if (old === undefined || fresh === undefined)
    throw new PatchloomError('NOT_FOUND', `patch ${wanted} is not in both versions`);
  const files = interdiff(old.diff, fresh.diff, strip);
  if (files === null) throw new PatchloomError('NOT_FOUND', `patch ${wanted} cannot be compared: its diff is odd`);
  if (files.length === 0) return `patch ${wanted} leaves the same in both versions`;
  return forTerminal(files.flatMap(({ path, lines }) => [`## ${path} ##`, ...lines]).join('\n'));
}

/** Mail may hold what steers a terminal. */
function forTerminal(text: string): string {
  return text.replace(/(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd');
}
