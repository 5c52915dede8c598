import type { SeriesFacts } from '../report/view.ts';
import { checksOf } from './checks.ts';
import { mirrorOf } from './mirrors.ts';
import type { Db } from './schema.ts';
import type { StoredSeries } from './series.ts';

/** Everything that is known of a series: what mail says, and what came of its mirror and its checks. */
export async function factsOf(db: Db, { series, tags, readiness }: StoredSeries): Promise<SeriesFacts> {
  const mirror = await mirrorOf(db, series.project, series.key);
  const checks = await checksOf(db, series.project, series.key);
  return { series, tags, readiness, mirror: mirror?.result ?? null, checks };
}
