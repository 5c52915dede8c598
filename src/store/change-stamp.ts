import { sql } from 'kysely';
import type { Db } from './schema.ts';

/** One word that changes whenever something about a change does: a version, a verdict, its mirror, a check, a run. Cheap to ask again and again. */
export async function changeStamp(db: Db, change: string, project: string): Promise<string | null> {
  const series = db
    .selectFrom('series')
    .innerJoin('series_search', 'series_search.series', 'series.id')
    .select(['series.id', 'series.key', 'series.state', 'series.readiness', 'active', 'waiting'])
    .select('series_search.tags as said')
    .where('change', '=', change)
    .where('series.project', '=', project)
    .orderBy('series.id');
  const rows = await series.execute();
  if (rows.length === 0) return null;
  const keys = rows.map(({ key }) => key);
  const checks = await db
    .selectFrom('check_result')
    .select(({ fn }) => [fn.countAll<number>().as('count'), fn.max('at').as('at')])
    .select(sql<number>`sum(case when state = 'pending' then 1 else 0 end)`.as('pending'))
    .where('project', '=', project)
    .where('key', 'in', keys)
    .executeTakeFirst();
  const runs = db
    .selectFrom('build_run')
    .select(['state', 'at'])
    .where('project', '=', project)
    .where('key', 'in', keys);
  const mirrors = db
    .selectFrom('mirror')
    .select(({ fn }) => fn.max('last_at').as('at'))
    .where('project', '=', project);
  const mirrored = await mirrors.where('key', 'in', keys).executeTakeFirst();
  return JSON.stringify([
    rows.map(({ key, state, readiness, active, said, waiting }) => [key, state, readiness, active, said, waiting]),
    [checks?.count, checks?.at, checks?.pending],
    (await runs.orderBy('key').execute()).map(({ state, at }) => [state, at]),
    mirrored?.at,
  ]);
}
