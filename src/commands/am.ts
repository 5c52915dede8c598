import { writeFile } from 'node:fs/promises';
import { projectOf } from '../../handlers/context.ts';
import { patchesOf } from '../../handlers/series-patches.ts';
import { openBot } from '../bot.ts';
import { amMail } from '../patch/am-mail.ts';
import { silentLog } from '../util/log.ts';
import { type Command, print, say } from './command.ts';
import { findSeries } from './find.ts';

/** `patchloom am`: an mbox for `git am` with every tag that counts in place. */
export const amCommand: Command = {
  name: 'am',
  usage: 'ID|MSGID [-o FILE]',
  summary: 'write an mbox for "git am", all tags in place',
  options: { output: { type: 'string', short: 'o' } },
  words: [1, 1],
  async run(invocation) {
    await using bot = await openBot(invocation.config(), { log: silentLog, readonly: true });
    const stored = await findSeries(bot, invocation.words[0] ?? '', invocation.project);
    const { git } = projectOf(bot, stored.series.project);
    const { patches } = await patchesOf(bot.store.db, stored, git?.trailer);
    const mbox = Buffer.concat(patches.map((patch) => amMail(patch, patches.length, stored.series.version)));
    const file = invocation.options['output'];
    if (typeof file !== 'string' || file === '-') {
      invocation.terminal.stdout.write(mbox);
      return 0;
    }
    await writeFile(file, mbox);
    const strip = git === null || git.strip === 1 ? '' : `-p${git.strip} `;
    if (invocation.json)
      print(invocation.terminal, JSON.stringify({ file, msgid: stored.series.msgid, patches: patches.length }));
    else
      say(
        invocation,
        `${patches.length} patches of v${stored.series.version} written to ${file}: git am ${strip}${file}`,
      );
    return 0;
  },
};
