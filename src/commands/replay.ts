import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../config/config.ts';
import { openBot, STAGES } from '../bot.ts';
import { takeIn } from '../intake.ts';
import { openPath } from '../source/source.ts';
import { listOutgoing } from '../store/outbox.ts';
import { countSeries } from '../store/series.ts';
import { createLog } from '../util/log.ts';
import { drain } from '../worker.ts';
import { type Command, print } from './command.ts';
import { startProgress } from './progress.ts';

/** `patchloom replay`: a shadow run over an archive in a place of its own. Nothing is built, published or sent. */
export const replayCommand: Command = {
  name: 'replay',
  usage: 'SOURCE',
  summary: 'shadow run over an archive: what would have been said; applies on the branches of today, builds nothing',
  words: [1, 1],
  async run(invocation) {
    const { terminal, json } = invocation;
    const data = await mkdtemp(join(tmpdir(), 'patchloom-replay-'));
    const progress = startProgress(invocation, 'replay');
    try {
      await using bot = await openBot(shadowOf(invocation.config(), data), {
        log: createLog('error', terminal.stderr),
      });
      const source = await openPath(invocation.words[0] ?? '');
      let mails = 0;
      const signal = new AbortController().signal;
      const onBatch = (summary: { added: number }, last: { done: number | null }): void => {
        mails += summary.added;
        progress.update(last.done, `${mails} mails`);
      };
      await takeIn(bot, source, { act: true, signal, onBatch });
      progress.update(null, 'applying');
      await drain(bot, STAGES);
      progress.stop();
      const said = (await listOutgoing(bot.store.db, { limit: Number.MAX_SAFE_INTEGER })).toReversed();
      const series = await countSeries(bot.store.db);
      if (json) {
        for (const { project, outcome, message } of said)
          print(terminal, JSON.stringify({ project, outcome, message }));
        return 0;
      }
      for (const { outcome, message } of said) print(terminal, `${outcome.padEnd(16)} ${message.subject}`);
      const total = series.reduce((sum, one) => sum + one.count, 0);
      print(terminal, `${mails} mails, ${total} series: ${said.length} mails would have been sent`);
      return 0;
    } finally {
      progress.stop();
      await rm(data, { recursive: true, force: true });
    }
  },
};

/** The same projects, but nothing leaves, nothing is built, and no series is too old. */
function shadowOf(config: Config, data: string): Config {
  const projects = config.projects.map((project) => ({
    ...project,
    mode: 'shadow' as const,
    build: { ...project.build, jobs: [] },
    git: project.git === null ? null : { ...project.git, publish: [] },
  }));
  return { ...config, data, projects, smtp: null, limits: { ...config.limits, actWithinDays: 365_000 } };
}
