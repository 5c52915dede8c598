import type { Check } from '../ci/run.ts';
import { chunks } from './chunks.ts';
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

/** Checks of a series in the order in which they were first kept. */
export async function checksOf(db: Db, project: string, key: string): Promise<readonly Check[]> {
  const found = db.selectFrom('check_result').select('document').where('project', '=', project).where('key', '=', key);
  return (await found.orderBy('id').execute()).map((row) => JSON.parse(row.document) as Check);
}

/** A check with its number and when it was last kept, epoch ms. */
export interface KeptCheck {
  readonly id: number;
  readonly key: string;
  readonly at: number;
  readonly check: Check;
}

/** Checks of patches (Message-IDs) and of whole series (keys) of a project, by number. */
export async function keptChecks(
  db: Db,
  project: string,
  patches: readonly string[],
  keys: readonly string[],
): Promise<readonly KeptCheck[]> {
  const found = db.selectFrom('check_result').select(['id', 'key', 'at', 'document']).where('project', '=', project);
  const kept: KeptCheck[] = [];
  const add = (rows: readonly { id: number; key: string; at: number; document: string }[]): void => {
    for (const { document, ...row } of rows) kept.push({ ...row, check: JSON.parse(document) as Check });
  };
  for (const part of chunks(patches)) add(await found.where('patch', 'in', part).execute());
  for (const part of chunks(keys)) add(await found.where('patch', '=', '').where('key', 'in', part).execute());
  return kept.toSorted((one, other) => one.id - other.id);
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
