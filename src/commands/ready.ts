import { digestFor } from '../../handlers/digest.ts';
import { type Queued, queueOf } from '../../handlers/queue.ts';
import { upstreamMoved } from '../../handlers/upstream-moved.ts';
import { type Bot, openBot } from '../bot.ts';
import { renderMessage } from '../mail/render.ts';
import { colours, plain } from '../report/paint.ts';
import { readyText } from '../report/queue.ts';
import { seriesView } from '../report/view.ts';
import { branchOf } from '../store/branches.ts';
import { factsOf } from '../store/facts.ts';
import { describeError, PatchloomError } from '../util/errors.ts';
import { silentLog } from '../util/log.ts';
import { type Command, type Invocation, print, say } from './command.ts';
import { narrow, numberOf, sinceOf } from './queue-filter.ts';

/** `patchloom ready`: the committer's queue. */
export const readyCommand: Command = {
  name: 'ready',
  usage: '[QUERY] [--target 4.19|none] [--days N] [--limit N] [--fetch] | --digest',
  summary:
    'the check-in queue, oldest first: what can be committed, what is missing for the rest and from whom; --digest: as the mail that would be sent',
  options: {
    target: { type: 'string' },
    days: { type: 'string' },
    limit: { type: 'string' },
    fetch: { type: 'boolean' },
    digest: { type: 'boolean' },
  },
  words: [0, Number.POSITIVE_INFINITY],
  async run(invocation) {
    const { terminal } = invocation;
    if (invocation.options['fetch'] === true) await fetchAll(invocation);
    await using bot = await openBot(invocation.config(), { log: silentLog, readonly: true });
    await tellUnread(invocation, bot);
    if (invocation.options['digest'] === true) return await printDigests(invocation, bot);
    const limit = numberOf(invocation, 'limit', 50);
    const since = sinceOf(invocation, bot.clock.now());
    const question = { project: invocation.project, since, comments: invocation.json };
    const queue = narrow(await queueOf(bot, question), invocation);
    if (!invocation.json) {
      terminal.stdout.write(readyText(queue, bot.clock.now(), limit, terminal.colour ? colours : plain));
      return 0;
    }
    const ready = queue.filter(({ readiness }) => readiness.state === 'ready');
    const rest = queue.filter(({ readiness }) => readiness.state !== 'ready');
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

/** Brings upstream's branches and MAINTAINERS up to date, for those who do not run the service. */
export async function fetchAll(invocation: Invocation): Promise<void> {
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
export async function tellUnread(invocation: Invocation, bot: Bot): Promise<void> {
  for (const { name, git } of bot.config.projects) {
    if (git === null || (invocation.project !== null && invocation.project !== name)) continue;
    if ((await branchOf(bot.store.db, name, git.branch)) !== null) continue;
    say(invocation, `${name}: its MAINTAINERS has not been read yet; --fetch reads it`);
  }
}

/** The verdict as JSON, times as ISO 8601. */
function verdictView({ readiness, comments, landed }: Queued) {
  const iso = (time: number): string => new Date(time).toISOString();
  return {
    by: readiness.verdict?.by ?? null,
    prefix: readiness.verdict?.prefix ?? 0,
    patches: readiness.verdict?.patches ?? [],
    needs: (readiness.verdict?.needs ?? []).map((need) => ({ ...need, since: iso(need.since) })),
    comments: comments.map((comment) => ({ msgid: comment.msgid, from: comment.from, date: iso(comment.posted) })),
    landed,
  };
}
