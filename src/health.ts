import { statfs } from 'node:fs/promises';
import type { Config } from '../config/config.ts';
import { whySendingStops } from '../handlers/stop-sending.ts';
import { isFarFromHome } from './store/home.ts';
import type { Store } from './store/open.ts';
import { pendingJobs } from './store/jobs.ts';
import { sendingStuckSince } from './store/outbox-queue.ts';
import { type Pulse, pulses } from './store/pulses.ts';
import { lastMails, trafficOf } from './store/traffic.ts';
import type { Clock } from './util/clock.ts';
import type { HealthCheck } from './web/options.ts';
import { jobLateness } from './web/counts.ts';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;
/** A source is busy that brought ten mails a day over four weeks. */
const BUSY_MAILS = 280;
const BUSY_MS = 28 * DAY;
/** Work and mail that wait longer than this have stopped. */
const LATE_MS = HOUR;
/** Less room than this on the disk of the data directory, in bytes, is too little. */
const LEAST_ROOM = 500e6;

/** What the health is read from: the store, so that any process of an installation can tell of all of them. */
export interface HealthFacts {
  readonly config: Config;
  readonly store: Store;
  readonly clock: Clock;
  /** When the process that asks began, epoch ms. */
  readonly since: number;
}

/** Everything that must work for the bot to do its job. Each detail is one line for the public: no address, no password. */
export async function healthChecks(facts: HealthFacts): Promise<readonly HealthCheck[]> {
  const { config, store, clock, since } = facts;
  const signs = await pulses(store.db);
  const now = clock.now();
  const last = new Map((await lastMails(store.db)).map((one) => [one.source, one.last]));
  const upstreams = config.projects.filter(({ git }) => git !== null).map(({ name }) => `upstream ${name}`);
  const sources = config.sources.map(({ name }) => `source ${name}`);
  const webhooks = config.webhooks.map(({ name }) => `webhook ${name}`);
  return [
    ...[...sources, ...upstreams, ...webhooks].map((name) => alive(name, signs.get(name), now, since)),
    ...(await Promise.all(config.sources.map(({ name }) => silence(facts, name, last.get(name))))),
    await jobs(store, now),
    await outbox(config, store, now),
    await disk(config.data),
  ];
}

/**
 * A part that has not been heard of for three of its rounds has stopped, whatever it said last. One that never was may still be starting
 * (a first fetch takes long), but not for ever: perhaps no process has its role.
 */
function alive(name: string, pulse: Pulse | undefined, now: number, since: number): HealthCheck {
  if (pulse === undefined) {
    const ok = now - since <= LATE_MS;
    return {
      name,
      ok,
      detail: ok ? 'not heard of yet' : `never heard of in ${span(now - since)}: does a process do it?`,
    };
  }
  const ago = now - pulse.at;
  if (ago > 3 * pulse.every + MINUTE)
    return { name, ok: false, detail: `not heard of for ${span(ago)}: is its process running?` };
  return { name, ok: pulse.error === null, detail: pulse.error ?? 'works' };
}

/** A busy list that is silent is more often a fault than a holiday. @param last when its newest mail came, epoch ms */
async function silence({ config, store, clock }: HealthFacts, source: string, last?: number): Promise<HealthCheck> {
  const name = `mail of ${source}`;
  if (last === undefined) return { name, ok: true, detail: 'none yet' };
  // Of the time before its last mail: its own silence must not make a list count as quiet, and well again.
  const { mails } = await trafficOf(store.db, source, last - BUSY_MS);
  const ago = clock.now() - last;
  const longest = config.limits.silence * 1000;
  const ok = mails < BUSY_MAILS || ago <= longest;
  return { name, ok, detail: `the last came ${span(ago)} ago${ok ? '' : ': a list as busy as this is not silent'}` };
}

async function jobs(store: Store, now: number): Promise<HealthCheck> {
  const late = (await jobLateness(store.db, now)) * 1000;
  const dead = (await pendingJobs(store.db)).filter(({ state }) => state === 'dead');
  const given = dead.reduce((sum, { count }) => sum + count, 0);
  const behind = late > LATE_MS ? `work is ${span(late)} behind` : null;
  const lost = given > 0 ? `${given} given up ("patchloom jobs" lists them)` : null;
  const detail = [behind, lost].filter((words) => words !== null).join('; ');
  return { name: 'jobs', ok: detail === '', detail: detail === '' ? 'on time' : detail };
}

async function outbox(config: Config, store: Store, now: number): Promise<HealthCheck> {
  if (await isFarFromHome(store.db))
    return { name: 'outbox', ok: false, detail: 'nothing is sent: the database is a copy, or was moved' };
  const stopped = await whySendingStops(config, store);
  // That was somebody's will.
  if (stopped !== null) return { name: 'outbox', ok: true, detail: 'sending is stopped' };
  const speaking = config.projects.filter(({ mode }) => mode !== 'shadow').map(({ name }) => name);
  const since = await sendingStuckSince(store.db, speaking);
  const ago = since === null ? 0 : now - since;
  const ok = ago <= LATE_MS;
  return { name: 'outbox', ok, detail: ok ? 'on time' : `mail waits, and none has left for ${span(ago)}` };
}

async function disk(directory: string): Promise<HealthCheck> {
  const { bavail, bsize } = await statfs(directory);
  const room = bavail * bsize;
  const detail = `${(room / 1e9).toFixed(1)} GB free`;
  return { name: 'disk', ok: room >= LEAST_ROOM, detail: room >= LEAST_ROOM ? detail : `only ${detail}` };
}

/** A length of time in words that a person can use. */
function span(ms: number): string {
  if (ms < 2 * HOUR) return `${Math.max(1, Math.round(ms / MINUTE))} min`;
  return ms < 2 * DAY ? `${Math.round(ms / HOUR)} h` : `${Math.round(ms / DAY)} days`;
}
