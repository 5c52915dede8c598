import type { Db } from '../store/schema.ts';
import { nextJobAt, pendingJobs } from '../store/jobs.ts';
import { countSeries } from '../store/series.ts';

/** How many series of one project there are. `ready` ones are complete and not superseded. */
export interface ProjectCounts {
  readonly complete: number;
  readonly held: number;
  readonly superseded: number;
  readonly ready: number;
}

/** Counts by project name; a project without series has no entry. */
export async function projectCounts(db: Db): Promise<ReadonlyMap<string, ProjectCounts>> {
  const counts = new Map<string, ProjectCounts>();
  const of = (project: string) => counts.get(project) ?? { complete: 0, held: 0, superseded: 0, ready: 0 };
  for (const { project, state, count } of await countSeries(db))
    counts.set(project, { ...of(project), [state]: count });
  const ready = db.selectFrom('series').select(['project', ({ fn }) => fn.countAll<number>().as('count')]);
  const rows = await ready
    .where('state', '=', 'complete')
    .where('readiness', '=', 'ready')
    .groupBy('project')
    .execute();
  for (const { project, count } of rows) counts.set(project, { ...of(project), ready: count });
  return counts;
}

/** Seconds that the job which waits longest is past its time; 0 where all are on time. */
export async function jobLateness(db: Db, now: number): Promise<number> {
  const waiting = (await pendingJobs(db)).filter((row) => row.state !== 'dead').map((row) => row.kind);
  const next = waiting.length === 0 ? null : await nextJobAt(db, [...new Set(waiting)]);
  return next === null ? 0 : Math.max(0, (now - next) / 1000);
}
