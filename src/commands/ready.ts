import { digestFor } from '../../handlers/digest.ts';
import { type Queued, queueOf } from '../../handlers/queue.ts';
import type { Bot } from '../bot.ts';
import { renderMessage } from '../mail/render.ts';
import { colours, plain } from '../report/paint.ts';
import { asideStates, isAside } from '../report/marks.ts';
import { readyText } from '../report/queue.ts';
import { seriesView } from '../report/view.ts';
import { factsOf } from '../store/facts.ts';
import { PatchloomError } from '../util/errors.ts';
import { type Command, type Invocation, print } from './command.ts';
import { openQueue, QUEUE_OPTIONS } from './open-queue.ts';
import { narrow, numberOf, sinceOf } from './queue-filter.ts';

/** `patchloom ready`: the committer's queue. */
export const readyCommand: Command = {
  name: 'ready',
  usage: '[QUERY] [--target 4.19|none] [--days N] [--limit N] [--fetch] | --digest',
  summary:
    'the check-in queue, oldest first: what can be committed, what is missing for the rest and from whom, what people have set aside; --digest: as the mail that would be sent',
  options: {
    ...QUEUE_OPTIONS,
    limit: { type: 'string' },
    digest: { type: 'boolean' },
  },
  words: [0, Number.POSITIVE_INFINITY],
  async run(invocation) {
    const { terminal } = invocation;
    await using bot = await openQueue(invocation);
    if (invocation.options['digest'] === true) return await printDigests(invocation, bot);
    const limit = numberOf(invocation, 'limit', 50);
    const since = sinceOf(invocation, bot.clock.now());
    const question = { project: invocation.project, since, comments: invocation.json };
    const queue = narrow(await queueOf(bot, question), invocation);
    if (!invocation.json) {
      terminal.stdout.write(readyText(queue, bot.clock.now(), limit, terminal.colour ? colours : plain));
      return 0;
    }
    const ready = queue.filter((one) => one.readiness.state === 'ready' && !isAside(one));
    const rest = queue.filter((one) => !ready.includes(one));
    for (const one of [...ready, ...rest.slice(Math.max(0, rest.length - limit))]) {
      const facts = await factsOf(bot.store.db, one.stored);
      print(
        terminal,
        JSON.stringify({ ...seriesView({ ...facts, readiness: one.readiness }), verdict: verdictView(one) }),
      );
    }
    return 0;
  },
};

async function printDigests({ project, terminal, json }: Invocation, bot: Bot): Promise<number> {
  const wanted = bot.config.projects.filter(({ name, digest }) => digest !== null && (project ?? name) === name);
  if (wanted.length === 0)
    throw new PatchloomError(
      'USAGE',
      `${bot.config.file}: no digest is set up; give projects.${project ?? 'NAME'}.digest`,
    );
  for (const { name } of wanted) {
    const message = await digestFor(bot, name, bot.clock.now());
    if (json) print(terminal, JSON.stringify({ project: name, message }));
    else if (message === null) print(terminal, `${name}: nothing would be sent: nothing waits, or nobody wants it`);
    else terminal.stdout.write(await renderMessage(message));
  }
  return 0;
}

/** The verdict as JSON, times as ISO 8601. */
function verdictView({ series, marks, readiness, comments, landed }: Queued) {
  const iso = (time: number): string => new Date(time).toISOString();
  return {
    by: readiness.verdict?.by ?? null,
    prefix: readiness.verdict?.prefix ?? 0,
    patches: readiness.verdict?.patches ?? [],
    needs: (readiness.verdict?.needs ?? []).map((need) => ({ ...need, since: iso(need.since) })),
    comments: comments.map((comment) => ({ msgid: comment.msgid, from: comment.from, date: iso(comment.posted) })),
    landed,
    aside: asideStates(series, marks, landed),
  };
}
