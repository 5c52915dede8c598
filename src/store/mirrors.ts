import type { Selectable } from 'kysely';
import type { MirrorResult } from '../mirror/mirror.ts';
import type { Db, MirrorTable, Tx } from './schema.ts';
import type { SeriesKey } from './series.ts';

/** What came of applying a series on one base. Times are epoch ms. */
export interface StoredMirror extends SeriesKey {
  readonly result: MirrorResult;
  readonly attempts: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

/** Keeps the result of one attempt; an earlier result of the same series on the same base is replaced, its attempts counted on. */
export async function saveMirror(tx: Tx, of: SeriesKey, result: MirrorResult, now: number): Promise<void> {
  const changed = { state: result.state, document: JSON.stringify(result), last_at: now };
  const { project, key } = of;
  await tx
    .insertInto('mirror')
    .values({ project, key, base: result.base?.commit ?? '', attempts: 1, first_at: now, ...changed })
    .onConflict((on) =>
      on
        .columns(['project', 'key', 'base'])
        .doUpdateSet((eb) => ({ ...changed, attempts: eb('mirror.attempts', '+', 1) })),
    )
    .execute();
}

/** The latest result; one of state `error` only where there is no other, because a failing machine takes nothing back. */
export async function mirrorOf(db: Db, project: string, key: string): Promise<StoredMirror | null> {
  const all = await mirrorsOf(db, project, key);
  return all.find((one) => one.result.state !== 'error') ?? all[0] ?? null;
}

/** The results on all bases, latest attempt first. */
export async function mirrorsOf(db: Db, project: string, key: string): Promise<readonly StoredMirror[]> {
  const found = db.selectFrom('mirror').selectAll().where('project', '=', project).where('key', '=', key);
  return (await found.orderBy('last_at', 'desc').orderBy('id', 'desc').execute()).map(storedMirror);
}

/** Applied results that have a commit, whatever the project, latest attempt first. `commit` is a full id. */
export async function mirrorsWith(db: Db, commit: string): Promise<readonly StoredMirror[]> {
  if (!/^[0-9a-f]{40,64}$/.test(commit)) return [];
  const found = db.selectFrom('mirror').selectAll().where('state', '=', 'applied');
  const rows = await found.where('document', 'like', `%"${commit}"%`).orderBy('last_at', 'desc').limit(20).execute();
  return rows.map(storedMirror).filter(({ result }) => result.commits.includes(commit));
}

/** Results of a project, or of all, latest attempt first. */
export async function listMirrors(
  db: Db,
  query: { readonly project?: string; readonly state?: MirrorResult['state']; readonly limit: number },
): Promise<readonly StoredMirror[]> {
  let found = db.selectFrom('mirror').selectAll();
  if (query.project !== undefined) found = found.where('project', '=', query.project);
  if (query.state !== undefined) found = found.where('state', '=', query.state);
  return (await found.orderBy('last_at', 'desc').orderBy('id', 'desc').limit(query.limit).execute()).map(storedMirror);
}

function storedMirror(row: Selectable<MirrorTable>): StoredMirror {
  return {
    project: row.project,
    key: row.key,
    result: JSON.parse(row.document) as MirrorResult,
    attempts: row.attempts,
    firstAt: row.first_at,
    lastAt: row.last_at,
  };
}
