import { upstreamMoved } from '../../handlers/upstream-moved.ts';
import { type Bot, openBot } from '../bot.ts';
import { branchOf } from '../store/branches.ts';
import { describeError } from '../util/errors.ts';
import { silentLog } from '../util/log.ts';
import { type Invocation, say } from './command.ts';

/** Options of the commands that look at the queue. */
export const QUEUE_OPTIONS = {
  target: { type: 'string' },
  days: { type: 'string' },
  fetch: { type: 'boolean' },
} as const;

/** Opens the bot to read the queue: with `--fetch` after a look at upstream. The caller closes it. */
export async function openQueue(invocation: Invocation): Promise<Bot> {
  if (invocation.options['fetch'] === true) await fetchAll(invocation);
  await using opened = new AsyncDisposableStack();
  const bot = opened.use(await openBot(invocation.config(), { log: silentLog, readonly: true }));
  await tellUnread(invocation, bot);
  opened.move();
  return bot;
}

/** Brings upstream's branches and MAINTAINERS up to date, for those who do not run the service. */
async function fetchAll(invocation: Invocation): Promise<void> {
  await using bot = await openBot(invocation.config(), { log: silentLog });
  for (const { name, git } of bot.config.projects) {
    if (git === null || (invocation.project !== null && invocation.project !== name)) continue;
    try {
      await upstreamMoved(bot, name);
    } catch (error) {
      // What is known of the others, and of this one from before, is still worth a look.
      say(invocation, `${name}: ${describeError(error)}`);
    }
  }
}

/** Without the branch's MAINTAINERS anybody's ack counts: who reads the queue has to know. */
async function tellUnread(invocation: Invocation, bot: Bot): Promise<void> {
  for (const { name, git } of bot.config.projects) {
    if (git === null || (invocation.project !== null && invocation.project !== name)) continue;
    if ((await branchOf(bot.store.db, name, git.branch)) !== null) continue;
    say(invocation, `${name}: its MAINTAINERS has not been read yet; --fetch reads it`);
  }
}
