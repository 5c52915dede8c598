import { applyNow } from '../../handlers/series-complete.ts';
import { runBuilds } from '../../handlers/build-earned.ts';
import { openGate } from '../../handlers/mirror-published.ts';
import { type Bot, openBot } from '../bot.ts';
import type { MirrorResult } from '../mirror/mirror.ts';
import { mirrorOf, saveMirror } from '../store/mirrors.ts';
import type { StoredSeries } from '../store/series.ts';
import { PatchloomError } from '../util/errors.ts';
import { createLog } from '../util/log.ts';
import { type Command, print } from './command.ts';
import { findSeries } from './find.ts';
import { startProgress } from './progress.ts';

/** `patchloom test`: mirrors where needed and runs the build-tests of every patch now. */
export const testCommand: Command = {
  name: 'test',
  usage: 'ID|MSGID [--again]',
  summary: 'run the build-tests now; --again also where there is a result',
  options: { again: { type: 'boolean' } },
  words: [1, 1],
  async run(invocation) {
    const { terminal, json } = invocation;
    await using bot = await openBot(invocation.config(), { log: createLog('error', terminal.stderr) });
    const stored = await findSeries(bot, invocation.words[0] ?? '', invocation.project);
    const mirror = await mirrored(bot, stored);
    const gate = await openGate(bot, stored, mirror, { asked: true });
    if (!gate.run)
      throw new PatchloomError('INCOMPLETE', `${stored.series.subject}: not built: ${mirror.reason || gate.reason}`);
    const progress = startProgress(invocation, 'test');
    const stop = new AbortController();
    const interrupt = (): void => stop.abort(new PatchloomError('USAGE', 'stopped; finished checks are kept'));
    process.once('SIGINT', interrupt);
    try {
      const { checks, ended } = await runBuilds(bot, stored, mirror, {
        signal: stop.signal,
        again: invocation.options['again'] === true,
        onProgress: ({ patch, job, done, total }) => progress.update(done / total, `patch ${patch.index}: ${job}`),
      });
      progress.stop();
      const numberOf = new Map(stored.series.patches.map((patch) => [patch.msgid, `${patch.index}/${patch.total}`]));
      for (const check of checks) {
        if (json) print(terminal, JSON.stringify(check));
        else
          print(
            terminal,
            `${(numberOf.get(check.patch ?? '') ?? 'all').padEnd(6)} ${check.state.padEnd(8)} ${check.context}: ${check.summary}`,
          );
        if (!json && check.excerpt !== '') print(terminal, check.excerpt.replace(/^/gm, '       | '));
      }
      if (!ended) print(terminal, 'it goes on elsewhere: ask again, or let "patchloom serve" follow it');
      return checks.some((check) => check.state === 'fail') ? 1 : 0;
    } finally {
      progress.stop();
      process.removeListener('SIGINT', interrupt);
    }
  },
};

async function mirrored(bot: Bot, stored: StoredSeries): Promise<MirrorResult> {
  const { project, key } = stored.series;
  const known = await mirrorOf(bot.store.db, project, key);
  if (known?.result.state === 'applied') return known.result;
  const result = await applyNow(bot, stored);
  await bot.store.transaction((tx) => saveMirror(tx, { project, key }, result, bot.clock.now()));
  return result;
}
