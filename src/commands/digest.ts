import { digestsOf } from '../../handlers/digest.ts';
import { openBot } from '../bot.ts';
import { renderMessage } from '../mail/render.ts';
import { silentLog } from '../util/log.ts';
import { type Command, print } from './command.ts';

/** `patchloom digest`: prints the digests that would be sent now, byte for byte. */
export const digestCommand: Command = {
  name: 'digest',
  usage: '',
  summary: 'print the regular mail with the check-in queue that would be sent now',
  words: [0, 0],
  async run(invocation) {
    const { project, terminal, json } = invocation;
    await using bot = await openBot(invocation.config(), { log: silentLog, readonly: true });
    for (const { name, digest } of bot.config.projects) {
      if (project !== null && project !== name) continue;
      const mails = await digestsOf(bot, name, bot.clock.now());
      if (json) print(terminal, JSON.stringify({ project: name, messages: mails }));
      for (const mail of json ? [] : mails) terminal.stdout.write(await renderMessage(mail));
      if (json || mails.length > 0) continue;
      const why = digest === null ? `projects.${name}.digest is not set` : 'nothing is ready and nothing waits';
      print(terminal, `${name}: nothing would be sent: ${why}`);
    }
    return 0;
  },
};
