import type { OutgoingMessage } from '../src/mail/outgoing.ts';
import { periodOf, renderDigest } from '../src/report/digest.ts';
import { decide } from '../src/store/outbox.ts';
import { keepPulse, pulses } from '../src/store/pulses.ts';
import { optedOut } from '../src/store/wishes.ts';
import { describeError } from '../src/util/errors.ts';
import { type Context, projectOf } from './context.ts';
import { askOperator } from './moderation.ts';
import { queueOf } from './queue.ts';
import type { Keep } from './stage.ts';

const DAY = 86_400_000;

/** Decides the digests that are due, of every project; one that fails does not stop the others, and is tried again. */
export async function writeDigests(context: Context): Promise<void> {
  for (const { name, digest } of context.config.projects) if (digest !== null) await writeDigest(context, name);
}

/**
 * Decides the digest of the period that has begun last, once: what was decided, or that there was nothing to say, is kept in one
 * transaction with the sign of life that says so.
 */
async function writeDigest(context: Context, project: string): Promise<void> {
  const { digest } = projectOf(context, project);
  if (digest === null) return;
  const { store, clock, log } = context;
  const now = clock.now();
  const { start, outcome } = periodOf(digest, now);
  const name = `digest ${project}`;
  const last = (await pulses(store.db)).get(name);
  if (last !== undefined && last.error === null && last.at >= start) return;
  let keep: Keep = async () => {};
  let error: string | null = null;
  try {
    keep = keepDigest(context, project, outcome, await digestsOf(context, project, now));
  } catch (fault) {
    error = describeError(fault);
    log.error({ project }, error);
  }
  await store.transaction(async (tx) => {
    await keep(tx);
    await keepPulse(tx, { name, error, every: digest.every * 1000, at: now });
  });
}

function keepDigest(context: Context, project: string, outcome: string, mails: readonly OutgoingMessage[]): Keep {
  const { mode } = projectOf(context, project);
  return async (tx) => {
    for (const message of mails) {
      const key = message.to[0]?.email ?? '';
      const decided = await decide(tx, { project, key, kind: 'digest', outcome, message, mode }, context.clock.now());
      if (decided && mode === 'moderate') await askOperator(tx, context, message);
    }
    context.log.info({ project, outcome, mode, mails: mails.length }, 'digest decided');
  };
}

/**
 * The mails of a project's digest, one for each reader who has not opted out; none where there is nothing to say, or the project wants none.
 * @param now epoch ms
 */
export async function digestsOf(context: Context, project: string, now: number): Promise<readonly OutgoingMessage[]> {
  const { config, store } = context;
  const { digest } = projectOf(context, project);
  if (digest === null) return [];
  const since = now - digest.days * DAY;
  const queue = await queueOf(context, { project, since, comments: true });
  const gone = await optedOut(store.db, project, digest.to);
  const url = config.web?.url ?? null;
  const page =
    url === null
      ? null
      : `${url.replace(/\/$/, '')}/series?q=state%3Acomplete+-has%3Alanded&project=${encodeURIComponent(project)}`;
  const common = { project, queue, since, page, now, bot: config.bot, templates: context.templatesOf(project) };
  const { outcome } = periodOf(digest, now);
  return digest.to
    .filter((to) => !gone.has(to.toLowerCase()))
    .flatMap((to) => renderDigest({ ...common, outcome, to }) ?? []);
}
