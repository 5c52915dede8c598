import { messageFor, reportFor, silenceOf } from '../../handlers/run-finished.ts';
import { openBot } from '../bot.ts';
import { renderMessage } from '../mail/render.ts';
import { silentLog } from '../util/log.ts';
import { type Command, print } from './command.ts';
import { findSeries } from './find.ts';

/** `patchloom report`: prints the mail that would be sent, byte for byte. */
export const reportCommand: Command = {
  name: 'report',
  usage: 'ID|MSGID',
  summary: 'print the mail that would be sent',
  words: [1, 1],
  async run(invocation) {
    const { terminal, json } = invocation;
    await using bot = await openBot(invocation.config(), { log: silentLog, readonly: true });
    const stored = await findSeries(bot, invocation.words[0] ?? '', invocation.project);
    const report = await reportFor(bot, stored, true);
    const silent = await silenceOf(bot, stored);
    const message = report === null || silent !== null ? null : await messageFor(bot, stored, report);
    if (report === null || message === null) {
      const answerable = silent ?? 'the mail may not be answered by a program';
      const why = report === null ? 'there is nothing to say about it' : answerable;
      if (json) print(terminal, JSON.stringify({ msgid: stored.series.msgid, report: null, reason: why }));
      else print(terminal, `nothing would be sent: ${why}`);
      return 0;
    }
    if (json) print(terminal, JSON.stringify({ report, message }));
    else terminal.stdout.write(await renderMessage(message));
    return 0;
  },
};
