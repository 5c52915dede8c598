import { sql } from 'kysely';
import type { Clock } from '../util/clock.ts';
import type { Releasers } from '../util/releasers.ts';
import type { Db } from './schema.ts';

/** How often the server is asked again, in ms: clocks of machines drift by less than a millisecond in that time. */
const ASK_EVERY_MS = 60_000;

/**
 * The server's time, the same for all processes of an installation: leases would end early or late where machines disagree, or where
 * somebody sets the clock of one. Between questions the time that has passed is measured, not looked up.
 * @throws PatchloomError STORE_UNREACHABLE where the server cannot be asked at the start
 */
export async function serverClock(db: Db, releasers: Releasers): Promise<Clock> {
  let ahead = await aheadOf(db);
  const asking = setInterval(() => {
    aheadOf(db).then(
      (found) => (ahead = found),
      // It goes on with what it knows: the server will be asked again.
      () => {},
    );
  }, ASK_EVERY_MS);
  asking.unref();
  releasers.add(() => clearInterval(asking));
  return { now: () => Math.round(performance.now() + ahead) };
}

/** By how many milliseconds the server's time is ahead of this process's age. */
async function aheadOf(db: Db): Promise<number> {
  const asked = performance.now();
  const { rows } = await sql<{ now: number }>`select extract(epoch from clock_timestamp()) * 1000 as now`.execute(db);
  const answered = performance.now();
  return (rows[0]?.now ?? Date.now()) - (asked + answered) / 2;
}
