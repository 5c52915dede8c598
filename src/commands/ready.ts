import { openBot } from '../bot.ts';
import { factsOf } from '../store/facts.ts';
import { listSeries } from '../store/series.ts';
import { seriesView } from '../report/view.ts';
import { silentLog } from '../util/log.ts';
import { type Command, print } from './command.ts';

/** `patchloom ready`: what can be committed, oldest first, and what is missing for the rest. */
export const readyCommand: Command = {
  name: 'ready',
  usage: '[--limit N]',
  summary: 'the check-in queue: what can be committed, what is missing for the rest',
  options: { limit: { type: 'string' } },
  words: [0, 0],
  async run(invocation) {
    const { terminal, json, project } = invocation;
    await using bot = await openBot(invocation.config(), { log: silentLog, readonly: true });
    const limit = Number(invocation.options['limit'] ?? 50);
    const found = await listSeries(bot.store.db, {
      ...(project === null ? {} : { project }),
      state: 'complete',
      limit: Number.MAX_SAFE_INTEGER,
    });
    const open = found.toReversed();
    const ready = open.filter((one) => one.readiness.state === 'ready');
    const rest = open.filter((one) => one.readiness.state !== 'ready').slice(-limit);
    if (json) {
      for (const stored of [...ready, ...rest])
        print(terminal, JSON.stringify(seriesView(await factsOf(bot.store.db, stored))));
      return 0;
    }
    print(terminal, `${ready.length} ready`);
    for (const { series } of ready)
      print(terminal, `  ${series.change} v${series.version}  ${series.author.name}: ${series.subject}`);
    print(
      terminal,
      `${open.length - ready.length} not ready${rest.length < open.length - ready.length ? `, the newest ${rest.length}:` : ''}`,
    );
    for (const { series, readiness } of rest) {
      print(terminal, `  ${series.change} v${series.version}  ${series.author.name}: ${series.subject}`);
      for (const missing of readiness.missing) print(terminal, `      ${missing}`);
    }
    return 0;
  },
};
