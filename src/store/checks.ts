import type { Check } from '../ci/run.ts';
import type { Db, Tx } from './schema.ts';
import type { SeriesKey } from './series.ts';

/** A check with the hash of the job's definition, by which the same work on the same tree is known again. */
export interface NewCheck {
  readonly check: Check;
  readonly jobHash: string;
}

/** Keeps checks of a series; one of the same context and patch is replaced. `now` is epoch ms. */
export async function saveChecks(tx: Tx, of: SeriesKey, checks: readonly NewCheck[], now: number): Promise<void> {
  const { project, key } = of;
  for (const { check, jobHash } of checks) {
    const { context, state, tree } = check;
    const changed = { state, tree, job_hash: jobHash, document: JSON.stringify(check), at: now };
    await tx
      .insertInto('check_result')
      .values({ project, key, context, patch: check.patch ?? '', ...changed })
      .onConflict((on) => on.columns(['project', 'key', 'context', 'patch']).doUpdateSet(changed))
      .execute();
  }
}

/** A check with its number in addresses of pages. */
export interface KeptCheck {
  readonly id: number;
  readonly check: Check;
}

/** Checks of a series in the order in which they were first kept. */
export async function checksOf(db: Db, project: string, key: string): Promise<readonly Check[]> {
  return (await keptChecksOf(db, project, key)).map(({ check }) => check);
}

/** As `checksOf`, with their numbers. */
export async function keptChecksOf(db: Db, project: string, key: string): Promise<readonly KeptCheck[]> {
  const found = db.selectFrom('check_result').select(['id', 'document']).where('project', '=', project);
  const rows = await found.where('key', '=', key).orderBy('id').execute();
  return rows.map(({ id, document }) => ({ id, check: JSON.parse(document) as Check }));
}

/** The latest finished check of the same job on the same tree, whatever series it was for; null where there is none. */
export async function knownCheck(db: Db, tree: string, jobHash: string): Promise<Check | null> {
  const found = db
    .selectFrom('check_result')
    .select('document')
    .where('tree', '=', tree)
    .where('job_hash', '=', jobHash);
  const row = await found
    .where('state', '!=', 'pending')
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : (JSON.parse(row.document) as Check);
}
