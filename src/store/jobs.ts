import type { Selectable } from 'kysely';
import { PatchloomError } from '../util/errors.ts';
import type { Store } from './open.ts';
import type { Db, JobTable, Tx } from './schema.ts';

/** Tries of one job before it is given up, unless `enqueue` says otherwise. */
const MAX_ATTEMPTS = 10;

/** Work to be done once, after the transaction that wants it. It must be safe to repeat. All times are epoch ms. */
export interface NewJob {
  readonly kind: string;
  /** What it is about: together with `kind` it names the job. */
  readonly key: string;
  /** Any JSON value. */
  readonly payload: unknown;
  /** Only one job of a lane runs at a time, in the order of their times: the name of the repository. Null or left out: no such rule. */
  readonly lane?: string | null;
  /** Not before this time; `now` by default. */
  readonly runAt?: number;
  readonly maxAttempts?: number;
}

/** A job that this process has for a while. */
export interface Job {
  readonly id: number;
  readonly kind: string;
  readonly key: string;
  readonly lane: string | null;
  readonly payload: unknown;
  /** Which try this is, from 1. */
  readonly attempt: number;
  /** True for the last try before it is given up. */
  readonly last: boolean;
  /** Number of the claim: later claims of the same job make this one void. */
  readonly claim: number;
  readonly leaseUntil: number;
}

/**
 * Enqueues a job. While one of the same kind and key is pending this does nothing but move it forward where `runAt` is earlier;
 * while one is *running* a new one is made, because the running one may have read what is now old.
 * @returns false where one was pending already
 */
export async function enqueue(tx: Tx, job: NewJob, now: number): Promise<boolean> {
  const { kind, key, lane = null, runAt = now, maxAttempts = MAX_ATTEMPTS } = job;
  const named = tx.selectFrom('job').select(['id', 'run_at']).where('kind', '=', kind).where('key', '=', key);
  const pending = await named.where('state', '=', 'pending').executeTakeFirst();
  if (pending !== undefined) {
    if (runAt < pending.run_at)
      await tx.updateTable('job').set({ run_at: runAt }).where('id', '=', pending.id).execute();
    return false;
  }
  const values = { kind, key, lane, payload: JSON.stringify(job.payload ?? null), state: 'pending' as const };
  await tx
    .insertInto('job')
    .values({ ...values, run_at: runAt, created: now, attempts: 0, max_attempts: maxAttempts })
    .execute();
  return true;
}

export interface ClaimOptions {
  readonly kinds: readonly string[];
  /** Milliseconds until the job counts as lost, unless it is renewed. */
  readonly leaseMs: number;
  readonly now: number;
}

/**
 * Takes the oldest job that may run: its time has come, and no other job of its lane is running in any process. Jobs whose lease
 * ran out are taken again. Asks without the write lock first, so that polling is cheap.
 */
export async function claim(store: Store, options: ClaimOptions): Promise<Job | null> {
  if (!(await anythingToDo(store.db, options))) return null;
  return store.transaction(async (tx) => {
    await giveBackExpired(tx, options.now);
    const row = await oldest(tx, options);
    if (row === undefined) return null;
    const leaseUntil = options.now + options.leaseMs;
    const attempt = row.attempts + 1;
    const number = row.claims + 1;
    const changed = { state: 'active' as const, lease_until: leaseUntil, attempts: attempt, claims: number };
    await tx.updateTable('job').set(changed).where('id', '=', row.id).execute();
    const { id, kind, key, lane } = row;
    const payload: unknown = JSON.parse(row.payload);
    return { id, kind, key, lane, payload, attempt, last: attempt >= row.max_attempts, claim: number, leaseUntil };
  });
}

async function anythingToDo(db: Db, options: ClaimOptions): Promise<boolean> {
  if ((await oldest(db, options)) !== undefined) return true;
  const expired = db
    .selectFrom('job')
    .select('id')
    .where('state', '=', 'active')
    .where('lease_until', '<=', options.now);
  return (await expired.limit(1).executeTakeFirst()) !== undefined;
}

function oldest(db: Db, { kinds, now }: ClaimOptions): Promise<Selectable<JobTable> | undefined> {
  const busy = db.selectFrom('job as other').select('other.lane').where('other.state', '=', 'active');
  return db
    .selectFrom('job')
    .selectAll()
    .where('state', '=', 'pending')
    .where('run_at', '<=', now)
    .where('kind', 'in', kinds)
    .where((eb) => eb.or([eb('lane', 'is', null), eb('lane', 'not in', busy.where('other.lane', 'is not', null))]))
    .orderBy('run_at')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
}

/** A worker that ended without a word leaves its job to the next one; a job that ends its worker each time is given up in the end. */
async function giveBackExpired(tx: Tx, now: number): Promise<void> {
  const expired = tx.selectFrom('job').selectAll().where('state', '=', 'active').where('lease_until', '<=', now);
  for (const row of await expired.execute()) {
    if (row.attempts >= row.max_attempts) await bury(tx, row.id, row.error ?? 'the worker ended in the middle of it');
    else await putBack(tx, row, { run_at: row.run_at, attempts: row.attempts });
  }
}

/** Extends the lease. @returns false where the job was lost to another worker: stop working on it */
export async function renew(tx: Tx, job: Job, until: number): Promise<boolean> {
  const held = tx
    .updateTable('job')
    .set({ lease_until: until })
    .where('id', '=', job.id)
    .where('claims', '=', job.claim);
  return (await held.where('state', '=', 'active').executeTakeFirst()).numUpdatedRows > 0n;
}

/**
 * Ends a job: call it in the transaction that keeps what the job brought.
 * @throws PatchloomError LEASE_LOST where another worker has it by now, so that nothing is kept twice
 */
export async function complete(tx: Tx, job: Job): Promise<void> {
  const { id } = await heldRow(tx, job);
  await tx.deleteFrom('job').where('id', '=', id).execute();
}

/**
 * Ends a try without success. `retryAt` null, or the last of the allowed tries, gives the job up: it stays as dead for people to see.
 * @returns whether it will be tried again
 * @throws PatchloomError LEASE_LOST
 */
export async function fail(tx: Tx, job: Job, error: string, retryAt: number | null): Promise<boolean> {
  const row = await heldRow(tx, job);
  if (retryAt === null || row.attempts >= row.max_attempts) {
    await bury(tx, row.id, error);
    return false;
  }
  await putBack(tx, row, { run_at: retryAt, attempts: row.attempts, error });
  return true;
}

/** Hands a job back untried, when the process stops. @throws PatchloomError LEASE_LOST */
export async function release(tx: Tx, job: Job): Promise<void> {
  const row = await heldRow(tx, job);
  await putBack(tx, row, { run_at: row.run_at, attempts: row.attempts - 1 });
}

async function heldRow(tx: Tx, job: Job): Promise<Selectable<JobTable>> {
  const found = tx.selectFrom('job').selectAll().where('id', '=', job.id).where('claims', '=', job.claim);
  const row = await found.where('state', '=', 'active').executeTakeFirst();
  if (row !== undefined) return row;
  throw new PatchloomError('LEASE_LOST', `job ${job.kind} ${job.key}: its lease ran out and another worker has it`);
}

/** Makes a running job pending again. Where a newer one of the same name waits, that one takes over its tries and its wait. */
async function putBack(
  tx: Tx,
  row: Selectable<JobTable>,
  to: Partial<Pick<JobTable, 'run_at' | 'attempts' | 'error'>>,
): Promise<void> {
  const twins = tx.selectFrom('job').select('id').where('kind', '=', row.kind).where('key', '=', row.key);
  const twin = await twins.where('state', '=', 'pending').executeTakeFirst();
  if (twin !== undefined) await tx.deleteFrom('job').where('id', '=', row.id).execute();
  const changed = twin === undefined ? { ...to, state: 'pending' as const, lease_until: null } : to;
  await tx
    .updateTable('job')
    .set(changed)
    .where('id', '=', twin?.id ?? row.id)
    .execute();
}

async function bury(tx: Tx, id: number, error: string): Promise<void> {
  await tx.updateTable('job').set({ state: 'dead', lease_until: null, error }).where('id', '=', id).execute();
}

/** How many jobs there are of each kind and state, for metrics. */
export async function pendingJobs(
  db: Db,
): Promise<readonly { readonly kind: string; readonly state: JobTable['state']; readonly count: number }[]> {
  const counted = db.selectFrom('job').select(['kind', 'state', ({ fn }) => fn.countAll<number>().as('count')]);
  return counted.groupBy(['kind', 'state']).orderBy('kind').orderBy('state').execute();
}

/** Whether more than `most` jobs are due and not begun; build-tests do not count, whose queue is long by nature. */
export async function isBehind(db: Db, most: number, now: number): Promise<boolean> {
  const due = db.selectFrom('job').select('id').where('state', '=', 'pending').where('run_at', '<=', now);
  const beyond = await due.where('kind', '!=', 'run').limit(1).offset(most).executeTakeFirst();
  return beyond !== undefined;
}

/** When the next job may be claimed: a time to come, one in the past, or null where there is none. Lanes are not looked at. */
export async function nextJobAt(db: Db, kinds: readonly string[]): Promise<number | null> {
  const jobs = db.selectFrom('job').where('kind', 'in', kinds);
  const pending = await jobs
    .where('state', '=', 'pending')
    .select(({ fn }) => fn.min('run_at').as('at'))
    .executeTakeFirst();
  const leases = await jobs
    .where('state', '=', 'active')
    .select(({ fn }) => fn.min('lease_until').as('at'))
    .executeTakeFirst();
  const times = [pending?.at, leases?.at].filter((at) => typeof at === 'number');
  return times.length === 0 ? null : Math.min(...times);
}

/** Jobs that were given up, newest first, with the last error. */
export async function deadJobs(
  db: Db,
  limit: number,
): Promise<
  readonly { readonly id: number; readonly kind: string; readonly key: string; readonly error: string | null }[]
> {
  const found = db.selectFrom('job').select(['id', 'kind', 'key', 'error']).where('state', '=', 'dead');
  return found.orderBy('id', 'desc').limit(limit).execute();
}

/** Lets a job that was given up start anew; where a newer one of its name waits, that one does the work. @returns false where there is none of that id */
export async function retryDead(tx: Tx, id: number, now: number): Promise<boolean> {
  const row = await deadRow(tx, id);
  if (row === undefined) return false;
  await putBack(tx, row, { run_at: now, attempts: 0 });
  return true;
}

/** Forgets a job that was given up. @returns false where there is none of that id */
export async function dropDead(tx: Tx, id: number): Promise<boolean> {
  const row = await deadRow(tx, id);
  if (row !== undefined) await tx.deleteFrom('job').where('id', '=', row.id).execute();
  return row !== undefined;
}

function deadRow(tx: Tx, id: number): Promise<Selectable<JobTable> | undefined> {
  return tx.selectFrom('job').selectAll().where('id', '=', id).where('state', '=', 'dead').executeTakeFirst();
}
