import type { DigestConfig } from '../config/config.ts';
import type { OutgoingMessage } from '../src/mail/outgoing.ts';
import { renderDigest } from '../src/report/digest.ts';
import { ownMessageId } from '../src/report/notice.ts';
import { decide, isDecided } from '../src/store/outbox.ts';
import { optedOut, wishesAbout } from '../src/store/wishes.ts';
import { type Context, projectOf } from './context.ts';
import { askOperator } from './moderation.ts';
import { isoDate } from './notices.ts';
import { pageAddress } from './page-address.ts';
import { queueOf } from './queue.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** 1 January 1970 was a Thursday. */
const MONDAY = 4 * DAY;
/** The place of digests in the outbox, where reports have the key of their series. */
const KEY = 'digest';

/** Decides the digests that are due, each once. */
export async function sendDigests(context: Context): Promise<void> {
  for (const { name, digest } of context.config.projects) if (digest !== null) await sendDigest(context, name, digest);
}

async function sendDigest(context: Context, project: string, digest: DigestConfig): Promise<void> {
  const { store, clock, log } = context;
  const due = dueAt(digest, clock.now());
  if (due === null) return;
  const outcome = outcomeOf(due);
  if (await isDecided(store.db, project, KEY, outcome)) return;
  const message = await digestFor(context, project, due);
  if (message === null) return;
  const { mode } = projectOf(context, project);
  const decision = { project, key: KEY, kind: 'digest', outcome, message, mode } as const;
  await store.transaction(async (tx) => {
    if ((await decide(tx, decision, clock.now())) && mode === 'moderate') await askOperator(tx, context, message);
  });
  log.info({ project, mode, mail: message.msgid }, 'digest decided');
}

/** The digest of a project as of now. Null where nothing waits, or nobody wants it. @param due see `dueAt` */
export async function digestFor(context: Context, project: string, due: number): Promise<OutgoingMessage | null> {
  const { config, store, clock } = context;
  const { digest, lists } = projectOf(context, project);
  if (digest === null) return null;
  const wanted = digest.to.length === 0 ? lists.slice(0, 1) : digest.to;
  const gone = await optedOut(store.db, project, wanted);
  const to = wanted.filter((email) => !gone.has(email.toLowerCase()));
  // An opt-out of the whole project is one from this, too.
  const silent = (await wishesAbout(store.db, { project, change: '', author: '' })).length > 0;
  if (silent || to.length === 0) return null;
  const now = clock.now();
  return renderDigest({
    project,
    every: digest.every,
    queue: await queueOf(context, { project, since: now - digest.within * 1000, comments: true }),
    now,
    bot: config.bot,
    to,
    page: pageAddress(config, '/'),
    msgid: ownMessageId(config.bot.email, [project, KEY, outcomeOf(due)]),
    date: isoDate(now),
    templates: context.templatesOf(project),
  });
}

function outcomeOf(due: number): string {
  return `digest ${isoDate(due).slice(0, 10)}`;
}

/**
 * The last moment at which the digest was due, epoch ms. Null where that is long ago, as after the first start in the middle of a week: a
 * digest that comes when nobody expects it is noise.
 */
export function dueAt({ every, hour }: Pick<DigestConfig, 'every' | 'hour'>, now: number): number | null {
  const period = every === 'day' ? DAY : 7 * DAY;
  const first = (every === 'day' ? 0 : MONDAY) + hour * HOUR;
  const due = first + Math.floor((now - first) / period) * period;
  return now - due < period / 4 ? due : null;
}
