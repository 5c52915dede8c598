import { rebuild } from '../../handlers/rebuild.ts';
import { openBot } from '../bot.ts';
import { createLog } from '../util/log.ts';
import { type Command, print } from './command.ts';
import { startProgress } from './progress.ts';

/** `patchloom rebuild`: derives everything again from the stored mail. */
export const rebuildCommand: Command = {
  name: 'rebuild',
  usage: '',
  summary: 'derive everything again from the stored mail',
  words: [0, 0],
  async run(invocation) {
    const log = createLog('error', invocation.terminal.stderr);
    await using bot = await openBot(invocation.config(), { log, readers: 1 });
    const progress = startProgress(invocation, 'rebuild');
    const mails = await rebuild(bot, (done, total) => progress.update(done / total, `${done} of ${total} steps`));
    progress.stop();
    print(invocation.terminal, invocation.json ? JSON.stringify({ mails }) : `${mails} mails derived again`);
    return 0;
  },
};
