import { queueOf } from '../../handlers/queue.ts';
import { isAside } from '../report/marks.ts';
import { colours, plain } from '../report/paint.ts';
import { waitingRows, waitingText, type WaitingRow } from '../report/queue.ts';
import { isOn } from '../review/waiting.ts';
import { type Command, print, say } from './command.ts';
import { openQueue, QUEUE_OPTIONS } from './open-queue.ts';
import { narrow, sinceOf } from './queue-filter.ts';

/** `patchloom waiting`: what waits for whom. */
export const waitingCommand: Command = {
  name: 'waiting',
  usage: '[QUERY] [--on PERSON] [--target 4.19|none] [--days N] [--fetch]',
  summary: 'what waits for whom and since when; --on: a part of a name or address',
  options: {
    on: { type: 'string' },
    ...QUEUE_OPTIONS,
  },
  words: [0, Number.POSITIVE_INFINITY],
  async run(invocation) {
    const { terminal } = invocation;
    await using bot = await openQueue(invocation);
    const { on } = invocation.options;
    const since = sinceOf(invocation, bot.clock.now());
    const question = { project: invocation.project, since, comments: true };
    const queue = narrow(await queueOf(bot, question), invocation);
    const rows = waitingRows(queue).filter(({ wait }) => typeof on !== 'string' || isOn(wait, on));
    const aside = queue.filter(isAside).length;
    if (aside > 0) say(invocation, `${aside} set aside by people: left out; see "patchloom ready"`);
    if (!invocation.json) {
      const shown = typeof on === 'string' ? rows.map((row) => ({ ...row, wait: onlyOn(row.wait, on) })) : rows;
      terminal.stdout.write(waitingText(shown, bot.clock.now(), terminal.colour ? colours : plain));
      return 0;
    }
    for (const { queued, wait } of rows) {
      const { project, change, version, msgid, subject, author } = queued.series;
      const since = new Date(wait.since).toISOString();
      print(terminal, JSON.stringify({ project, change, version, msgid, subject, author, ...wait, since }));
    }
    return 0;
  },
};

/** Only the people who were asked about are listed. */
function onlyOn(wait: WaitingRow['wait'], words: string): WaitingRow['wait'] {
  return { ...wait, who: wait.who.filter((person) => isOn({ ...wait, who: [person] }, words)) };
}
