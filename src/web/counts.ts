import type { Db } from '../store/schema.ts';
import { nextJobAt, pendingJobs } from '../store/jobs.ts';

/** Seconds that the job which waits longest is past its time; 0 where all are on time. */
export async function jobLateness(db: Db, now: number): Promise<number> {
  const waiting = (await pendingJobs(db)).filter((row) => row.state !== 'dead').map((row) => row.kind);
  const next = waiting.length === 0 ? null : await nextJobAt(db, [...new Set(waiting)]);
  return next === null ? 0 : Math.max(0, (now - next) / 1000);
}
