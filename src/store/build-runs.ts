import type { Selectable } from 'kysely';
import type { Db, Tx } from './schema.ts';
import type { BuildRunTable } from './schema-builds.ts';
import type { SeriesKey } from './series.ts';

/** What the gate has said of a series, and what became of its run. Times are epoch ms. */
export interface BuildRun extends SeriesKey {
  /** Number in addresses of pages. */
  readonly id: number;
  readonly state: BuildRunTable['state'];
  readonly reason: string;
  readonly asked: boolean;
  readonly at: number;
  readonly queuedAt: number | null;
}

/** What the gate says now. */
export interface GateRecord extends SeriesKey {
  readonly author: string;
  readonly run: boolean;
  readonly reason: string;
  readonly asked: boolean;
}

/** Keeps the gate's answer; the same answer again changes nothing. An open gate queues the series. */
export async function saveGate(
  tx: Tx,
  { project, key, author, run, reason, asked }: GateRecord,
  now: number,
): Promise<void> {
  const known = await buildRunOf(tx, project, key);
  const state: BuildRun['state'] = run ? 'queued' : 'waiting';
  if (known?.state === state && known.reason === reason) return;
  const changed = {
    state,
    reason,
    asked: asked ? (1 as const) : (0 as const),
    at: now,
    ...(run ? { queued_at: now } : {}),
  };
  await tx
    .insertInto('build_run')
    .values({ project, key, author: author.toLowerCase(), queued_at: null, ...changed })
    .onConflict((on) => on.columns(['project', 'key']).doUpdateSet(changed))
    .execute();
}

/** Moves a run on; `reason` is left as it is where not given. */
export async function moveRun(
  tx: Tx,
  { project, key }: SeriesKey,
  state: BuildRun['state'],
  now: number,
  reason?: string,
): Promise<void> {
  const changed = { state, at: now, ...(reason === undefined ? {} : { reason }) };
  await tx.updateTable('build_run').set(changed).where('project', '=', project).where('key', '=', key).execute();
}

/** Null where the gate was never asked. */
export async function buildRunOf(db: Db, project: string, key: string): Promise<BuildRun | null> {
  const found = db.selectFrom('build_run').selectAll().where('project', '=', project).where('key', '=', key);
  return runOf(await found.executeTakeFirst());
}

/** Null where there is none of this number. */
export async function buildRunById(db: Db, id: number): Promise<BuildRun | null> {
  return runOf(await db.selectFrom('build_run').selectAll().where('id', '=', id).executeTakeFirst());
}

function runOf(row: Selectable<BuildRunTable> | undefined): BuildRun | null {
  if (row === undefined) return null;
  const { id, project, key, state, reason, asked, at, queued_at: queuedAt } = row;
  return { id, project, key, state, reason, asked: asked === 1, at, queuedAt };
}

/** Series of a project whose run is under way and whose mirror has this commit as base or patch. `commit` is a full id. */
export async function runningWith(db: Db, project: string, commit: string): Promise<readonly SeriesKey[]> {
  if (!/^[0-9a-f]{40,64}$/.test(commit)) return [];
  const found = db
    .selectFrom('build_run')
    .innerJoin('mirror', (join) =>
      join.onRef('mirror.project', '=', 'build_run.project').onRef('mirror.key', '=', 'build_run.key'),
    )
    .select(['build_run.project', 'build_run.key'])
    .distinct()
    .where('build_run.project', '=', project)
    .where('build_run.state', '=', 'running');
  return found.where('mirror.document', 'like', `%"${commit}"%`).execute();
}

/** How many other series of an author and of the project were queued since, without being asked for. `since` is epoch ms. */
export async function runsSince(
  db: Db,
  { project, key }: SeriesKey,
  author: string,
  since: number,
): Promise<{ readonly author: number; readonly project: number }> {
  const rows = await db
    .selectFrom('build_run')
    .select('author')
    .where('project', '=', project)
    .where('key', '!=', key)
    .where('asked', '=', 0)
    .where('queued_at', '>=', since)
    .execute();
  return { project: rows.length, author: rows.filter((row) => row.author === author.toLowerCase()).length };
}
