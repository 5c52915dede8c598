import { judgeAgain } from '../../handlers/judge.ts';
import { applyFetched } from '../../handlers/series-complete.ts';
import { publishTags } from '../../handlers/tags-arrived.ts';
import { type Bot, openBot } from '../bot.ts';
import type { MirrorResult } from '../mirror/mirror.ts';
import { amendMirror, saveMirror } from '../store/mirrors.ts';
import { listSeries, type StoredSeries } from '../store/series.ts';
import { describeError, PatchloomError } from '../util/errors.ts';
import { createLog } from '../util/log.ts';
import { type Command, type Invocation, print } from './command.ts';
import { findSeries } from './find.ts';
import { startProgress } from './progress.ts';

/** `patchloom mirror`: applies and publishes now, whatever the age of the series. */
export const mirrorCommand: Command = {
  name: 'mirror',
  usage: 'ID|MSGID|--all [--base REF]',
  summary: 'apply and publish now; --all takes every complete series that no later version replaces',
  options: { all: { type: 'boolean' }, base: { type: 'string' } },
  words: [0, 1],
  async run(invocation) {
    const all = invocation.options['all'] === true;
    if (all === (invocation.words.length === 1))
      throw new PatchloomError('USAGE', 'mirror: name one series, or give --all');
    await using bot = await openBot(invocation.config(), { log: createLog('error', invocation.terminal.stderr) });
    const wanted = all
      ? await openSeries(bot, invocation.project)
      : [await findSeries(bot, invocation.words[0] ?? '', invocation.project)];
    const base = typeof invocation.options['base'] === 'string' ? invocation.options['base'] : null;
    const fetch = fetchOnce(bot);
    const progress = startProgress(invocation, 'mirror');
    let failed = 0;
    for (const [at, stored] of wanted.entries()) {
      progress.update(at / wanted.length, stored.series.subject.slice(0, 50));
      const line = await mirrorOne(invocation, bot, stored, base, fetch);
      if (line.failed) failed++;
      if (!all || invocation.json) print(invocation.terminal, line.text);
    }
    progress.stop();
    if (all && !invocation.json)
      print(invocation.terminal, `${wanted.length - failed} of ${wanted.length} series mirrored`);
    return failed > 0 ? 1 : 0;
  },
};

/** Fetches the upstream of a project at the first call for it. */
function fetchOnce(bot: Bot): (project: string) => Promise<void> {
  const fetches = new Map<string, Promise<void>>();
  return (project) => {
    const known = fetches.get(project) ?? bot.mirrorOf(project).then((mirror) => mirror.fetch());
    fetches.set(project, known);
    return known;
  };
}

/** Oldest first: a later one may stand on it. */
async function openSeries(bot: Bot, project: string | null): Promise<readonly StoredSeries[]> {
  const mirrored = bot.config.projects.filter((one) => one.git !== null && (project === null || one.name === project));
  const found: StoredSeries[] = [];
  for (const { name } of mirrored) {
    found.push(
      ...(await listSeries(bot.store.db, { project: name, state: 'complete', limit: Number.MAX_SAFE_INTEGER })),
    );
  }
  return found.reverse();
}

async function mirrorOne(
  invocation: Invocation,
  bot: Bot,
  stored: StoredSeries,
  base: string | null,
  fetch: (project: string) => Promise<void>,
): Promise<{ failed: boolean; text: string }> {
  const { project, key, msgid } = stored.series;
  try {
    await fetch(project);
    const result = await applyFetched(bot, stored, base);
    if (result.ref !== null) await (await bot.mirrorOf(project)).publish(result.ref);
    await bot.store.transaction(async (tx) => {
      await saveMirror(tx, { project, key }, result, bot.clock.now());
      await judgeAgain(tx, bot, { project, key });
    });
    const acked = result.state === 'applied' ? await publishTags(bot, stored, result) : null;
    if (acked !== null) await bot.store.transaction((tx) => amendMirror(tx, { project, key }, { ...result, acked }));
    const text = invocation.json
      ? JSON.stringify({ msgid, project, ...result, acked })
      : `${describe(stored, result)}${acked === null ? '' : `\n${acked} with the tags that have come since`}`;
    return { failed: result.state !== 'applied', text };
  } catch (error) {
    if (invocation.words.length === 1) throw error;
    invocation.terminal.stderr.write(`patchloom: ${msgid}: ${describeError(error)}\n`);
    return {
      failed: true,
      text: invocation.json ? JSON.stringify({ msgid, project, state: 'error', reason: describeError(error) }) : '',
    };
  }
}

function describe({ series }: StoredSeries, result: MirrorResult): string {
  const base =
    result.base === null ? '' : ` on ${result.base.name} (${result.base.commit.slice(0, 12)}, ${result.base.rule})`;
  if (result.state === 'applied')
    return `${series.subject} v${series.version}: ${result.commits.length} commits${base}\n${result.ref}`;
  return `${series.subject} v${series.version}: ${result.state}${base}: ${result.reason}`;
}
