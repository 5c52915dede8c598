import type { Selectable } from 'kysely';
import type { Check } from '../ci/run.ts';
import { chunks } from './chunks.ts';
import type { Db, Tx } from './schema.ts';
import type { CheckTable } from './schema-builds.ts';
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
  return (await keptChecksOf(db, project, key)).map(({ check }) => check);
}

/** As `checksOf`, with their numbers. */
export async function keptChecksOf(db: Db, project: string, key: string): Promise<readonly KeptCheck[]> {
  const found = db.selectFrom('check_result').selectAll().where('project', '=', project).where('key', '=', key);
  return (await found.orderBy('id').execute()).map(keptCheck);
}

/** Checks of many series, each as `checksOf` gives them, by `project key`. */
export async function checksOfAll(db: Db, of: readonly SeriesKey[]): Promise<ReadonlyMap<string, readonly Check[]>> {
  const found = new Map<string, Check[]>();
  const projects = [...new Set(of.map(({ project }) => project))];
  for (const part of chunks(of.map(({ key }) => key))) {
    const rows = db.selectFrom('check_result').select(['project', 'key', 'document']).where('key', 'in', part);
    for (const { project, key, document } of await rows.where('project', 'in', projects).orderBy('id').execute()) {
      const id = `${project} ${key}`;
      found.set(id, [...(found.get(id) ?? []), JSON.parse(document) as Check]);
    }
  }
  return found;
}

/** A check with its number, its series, and when it was last kept, epoch ms. */
export interface KeptCheck extends SeriesKey {
  readonly id: number;
  readonly at: number;
  readonly check: Check;
}

function keptCheck({ document, id, project, key, at }: Selectable<CheckTable>): KeptCheck {
  return { id, project, key, at, check: JSON.parse(document) as Check };
}

/** Checks of patches (Message-IDs) and of whole series (keys) of a project, by number. */
export async function keptChecks(
  db: Db,
  project: string,
  patches: readonly string[],
  keys: readonly string[],
): Promise<readonly KeptCheck[]> {
  const found = db.selectFrom('check_result').selectAll().where('project', '=', project);
  const kept: KeptCheck[] = [];
  for (const part of chunks(patches)) kept.push(...(await found.where('patch', 'in', part).execute()).map(keptCheck));
  const whole = found.where('patch', '=', '');
  for (const part of chunks(keys)) kept.push(...(await whole.where('key', 'in', part).execute()).map(keptCheck));
  return kept.toSorted((one, other) => one.id - other.id);
}

/** Checks of patches of any projects, by `project msgid`, each by number. */
export async function checksOfPatches(
  db: Db,
  patches: readonly { readonly project: string; readonly msgid: string }[],
): Promise<ReadonlyMap<string, readonly KeptCheck[]>> {
  const projects = [...new Set(patches.map(({ project }) => project))];
  const kept: KeptCheck[] = [];
  for (const part of chunks(patches.map(({ msgid }) => msgid))) {
    const rows = db.selectFrom('check_result').selectAll().where('project', 'in', projects).where('patch', 'in', part);
    kept.push(...(await rows.execute()).map(keptCheck));
  }
  const sorted = kept.toSorted((one, other) => one.id - other.id);
  return Map.groupBy(sorted, ({ project, check }) => `${project} ${check.patch ?? ''}`);
}

/** A check by its number; null where there is none. */
export async function checkById(db: Db, id: number): Promise<KeptCheck | null> {
  const row = await db.selectFrom('check_result').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? null : keptCheck(row);
}

/** The checks of patches that were made last, newest first. */
export async function newestChecks(db: Db, limit: number): Promise<readonly KeptCheck[]> {
  const found = db.selectFrom('check_result').selectAll().where('patch', '!=', '').orderBy('id', 'desc').limit(limit);
  return (await found.execute()).map(keptCheck);
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
