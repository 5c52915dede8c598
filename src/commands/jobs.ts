import { openBot } from '../bot.ts';
import { oneLine, pad } from '../report/text.ts';
import { deadJobs, dropDead, pendingJobs, retryDead } from '../store/jobs.ts';
import { PatchloomError } from '../util/errors.ts';
import { silentLog } from '../util/log.ts';
import { type Command, type Invocation, print, tell } from './command.ts';

const MOST = 1_000;

/** `patchloom jobs`: how much work waits, what was given up and why; to try it again, or to let it go. */
export const jobsCommand: Command = {
  name: 'jobs',
  usage: '[list|retry ID...|drop ID...]',
  summary: 'work that waits or was given up; try it again, or let it go',
  words: [0, 50],
  async run(invocation) {
    const [action = 'list', ...ids] = invocation.words;
    if (action === 'list') return list(invocation);
    if (action !== 'retry' && action !== 'drop')
      throw new PatchloomError('USAGE', `jobs: "${action}" is none of list, retry, drop`);
    return change(invocation, action, ids);
  },
};

async function list(invocation: Invocation): Promise<number> {
  const { terminal, json } = invocation;
  await using bot = await openBot(invocation.config(), { log: silentLog, readonly: true });
  for (const { kind, state, count } of await pendingJobs(bot.store.db)) {
    if (state === 'dead') continue;
    print(terminal, json ? JSON.stringify({ kind, state, count }) : `${pad(state, 8)} ${pad(kind, 8)} ${count}`);
  }
  for (const job of await deadJobs(bot.store.db, MOST)) {
    const { id, kind, key, error } = job;
    if (json) print(terminal, JSON.stringify({ ...job, state: 'dead' }));
    else
      print(
        terminal,
        `${pad('dead', 8)} ${pad(kind, 8)} ${id} ${oneLine(key, 60)}\n         ${oneLine(error ?? '', 200)}`,
      );
  }
  return 0;
}

async function change(invocation: Invocation, action: 'retry' | 'drop', words: readonly string[]): Promise<number> {
  const ids = words.map((word) => (/^\d{1,15}$/.test(word) ? Number(word) : Number.NaN));
  if (ids.length === 0 || ids.some(Number.isNaN))
    throw new PatchloomError('USAGE', `jobs: ${action} wants the numbers that "patchloom jobs" shows`);
  await using bot = await openBot(invocation.config(), { log: silentLog });
  let code = 0;
  for (const id of ids) {
    const done = await bot.store.transaction((tx) =>
      action === 'retry' ? retryDead(tx, id, bot.clock.now()) : dropDead(tx, id),
    );
    if (!done) code = 1;
    const words = action === 'retry' ? 'will be tried again' : 'is let go';
    tell(invocation, { id, action, done }, done ? `job ${id} ${words}` : `there is no job ${id} that was given up`);
  }
  return code;
}
