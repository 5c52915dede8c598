import type { Db } from '../store/schema.ts';
import { cursorOf } from '../store/cursors.ts';
import { type countDispositions, newestKept } from '../store/dispositions.ts';
import { deadJobs, pendingJobs } from '../store/jobs.ts';
import { messageCount } from '../store/messages.ts';
import { countOutgoing } from '../store/outbox.ts';
import { trafficOf } from '../store/traffic.ts';
import { jobLateness } from './counts.ts';
import { messagePath, withQuery } from './links.ts';
import type { Health, HealthCheck, WebFacts } from './options.ts';
import { DISPOSITION_WORDS, OUTGOING_STATES, count, moment, short } from './words.ts';
import type { Badge, Moment } from './words.ts';

const DAY = 86_400_000;
const LISTED = 20;

export interface MachineModel {
  readonly checks: readonly HealthCheck[];
  /** How much mail there is, in words. */
  readonly mail: string;
  readonly sources: readonly { name: string; read: boolean; last: Moment | null; week: number; month: number }[];
  readonly jobs: readonly { kind: string; state: string; count: number }[];
  /** Whole minutes that the work is behind. */
  readonly late: number;
  /** Jobs that were given up, newest first. */
  readonly dead: readonly { id: number; kind: string; about: string; error: string }[];
  readonly outbox: readonly { badge: Badge; count: number; href: string }[];
  readonly dispositions: readonly { word: string; count: number }[];
  /** Mails that wait for others, or that could not be read. */
  readonly kept: readonly { words: string; href: string; reason: string }[];
}

/** What the page is given, because it may be a little old. */
interface Counted {
  readonly health: Health;
  readonly dispositions: Awaited<ReturnType<typeof countDispositions>>;
}

/** Reads what an operator looks at: nothing of it is secret. */
export async function machineModel(
  db: Db,
  facts: WebFacts,
  { health, dispositions }: Counted,
  now: number,
): Promise<MachineModel> {
  const sources = facts.sources.map(async (name) => {
    const { last, mails } = await trafficOf(db, name, now - 28 * DAY);
    return {
      name,
      read: (await cursorOf(db, name)) !== null,
      last: last === null ? null : moment(last, now),
      week: (await trafficOf(db, name, now - 7 * DAY)).mails,
      month: mails,
    };
  });
  return {
    checks: health.checks,
    mail: mailWords(await messageCount(db)),
    sources: await Promise.all(sources),
    jobs: await pendingJobs(db),
    late: Math.floor((await jobLateness(db, now)) / 60),
    dead: (await deadJobs(db, LISTED)).map((job) => ({
      id: job.id,
      kind: job.kind,
      about: short(job.key, 100),
      error: short(job.error ?? '', 300),
    })),
    outbox: (await countOutgoing(db)).map((row) => ({
      badge: OUTGOING_STATES[row.state],
      count: row.count,
      href: withQuery('/outbox', { state: row.state }),
    })),
    dispositions: dispositions.map(({ kind, count: number }) => ({
      word: DISPOSITION_WORDS[kind],
      count: number,
    })),
    kept: (await newestKept(db, LISTED)).map((one) => ({
      words: short(one.subject ?? '') || '(no subject)',
      href: messagePath(one.msgid),
      reason: short(one.reason, 200),
    })),
  };
}

function mailWords({ messages, copies }: { readonly messages: number; readonly copies: number }): string {
  const all = count(messages, 'message');
  return copies === messages ? all : `${all}, ${count(copies, 'copy', 'copies')} of them`;
}
