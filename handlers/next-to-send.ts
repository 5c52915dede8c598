import { type Capped, cappedBy, type SentMail } from '../src/sink/rate.ts';
import { drop, isDecided, type Outgoing } from '../src/store/outbox.ts';
import { dueOutgoing, sentSince } from '../src/store/outbox-queue.ts';
import type { Db } from '../src/store/schema.ts';
import { seriesByKey } from '../src/store/series.ts';
import { listHolds } from '../src/store/wishes.ts';
import type { Context } from './context.ts';
import { asksInVain } from './moderation.ts';
import { OPERATOR, tellOperator } from './notices.ts';

const HOUR = 3_600_000;
/** So many due mails are looked at for one that no cap keeps back. */
const LOOKED_AT = 200;

/** The oldest mail that may leave now, or null. Where a cap keeps mails back, the operator is told, at most once a day. */
export async function nextToSend(context: Context): Promise<Outgoing | null> {
  const { store, clock, config } = context;
  const now = clock.now();
  const ready = (await dueOutgoing(store.db, now, LOOKED_AT)).filter((one) => maySpeak(context, one));
  const due = await withoutHeld(store.db, ready);
  if (due.length === 0) return null;
  const sent = (await sentSince(store.db, now - HOUR)).filter(isCounted).map((one) => countedOf(context, one));
  let kept: Capped | null = null;
  for (const one of due) {
    if (await asksInVain(store.db, one)) {
      await store.transaction((tx) => drop(tx, one.message.msgid, 'what it asks about waits no more', ['queued']));
      continue;
    }
    const capped = isCounted(one) ? cappedBy(now, sent, countedOf(context, one), config.limits.mailsPerHour) : null;
    if (capped === null) return one;
    kept ??= capped;
  }
  if (kept !== null) await tellOfCap(context, kept, due.length);
  return null;
}

/** A project that went back to shadow keeps what it had queued. */
function maySpeak({ config }: Context, { project }: Outgoing): boolean {
  const mode = config.projects.find(({ name }) => name === project)?.mode ?? null;
  return project === OPERATOR || (mode !== null && mode !== 'shadow');
}

/** Leaves out what is about a series that somebody holds: it was decided before, and leaves once that ends. */
async function withoutHeld(db: Db, mails: readonly Outgoing[]): Promise<readonly Outgoing[]> {
  const held = new Set((await listHolds(db)).map(({ project, subject }) => `${project} ${subject}`));
  if (held.size === 0) return mails;
  const free: Outgoing[] = [];
  for (const mail of mails) {
    const about =
      mail.kind === 'answer' || mail.kind === 'notice' ? null : await seriesByKey(db, mail.project, mail.key);
    if (about === null || !held.has(`${mail.project} ${about.series.change.toLowerCase()}`)) free.push(mail);
  }
  return free;
}

/** Notices to the operator are few by themselves, and must get through when a cap is full. */
function isCounted({ kind }: Outgoing): boolean {
  return kind !== 'notice';
}

function countedOf({ config }: Context, { project, key, message, sentAt }: Outgoing): SentMail {
  const lists = config.projects.find(({ name }) => name === project)?.lists ?? [];
  const to = message.to.map(({ email }) => email.toLowerCase());
  const all = [...to, ...message.cc.map(({ email }) => email.toLowerCase())];
  return {
    at: sentAt ?? 0,
    lists: all.filter((email) => lists.includes(email)),
    // Whom a rule adds is no author: a maintainer of much gets much.
    authors: to.filter((email) => !lists.includes(email)),
    series: `${project} ${key}`,
  };
}

async function tellOfCap(context: Context, { cap, name, most, until }: Capped, waiting: number): Promise<void> {
  const { store, clock, config, log } = context;
  const outcome = `cap ${new Date(clock.now()).toISOString().slice(0, 10)}`;
  // The sender asks twice a second: the log is told once a day as well, where there is a notice to remember it by.
  if (await isDecided(store.db, OPERATOR, OPERATOR, outcome)) return;
  log[config.bot.operator === null ? 'debug' : 'warn']({ cap, name, most, until, waiting }, 'a cap keeps mails back');
  if (config.bot.operator === null) return;
  const room = new Date(until).toISOString().slice(0, 16).replace('T', ' ');
  const what = { total: 'in all', list: 'to one list', author: 'to one author', series: 'about one series' }[cap];
  const text = [
    `${waiting === 1 ? 'One mail waits' : `${waiting} mails wait`}: no more than ${most} may leave within one hour ${what}. Nothing is lost; the next one leaves at ${room} UTC.`,
    ...(name === '' ? [] : ['', `| ${cap}: ${name}`]),
    '',
    'To see them: "patchloom outbox --state queued". To stop all sending: "patchloom outbox stop". The caps are limits.mails_per_hour of the configuration. You are told of caps once a day.',
  ].join('\n');
  await store.transaction((tx) =>
    tellOperator(tx, context, { outcome, subject: 'patchloom: mails wait for a cap', text }),
  );
}
