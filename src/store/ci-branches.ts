import type { Db, Tx } from './schema.ts';

/** A commit that was pushed to the repository of a project's CI. */
export interface CiBranch {
  readonly project: string;
  /** Full id. */
  readonly commit: string;
}

/** Keeps that a commit is pushed, before it is: so that its branch is taken away in any case. Pushed again, it is as new. `now` is epoch ms. */
export async function notePush(tx: Tx, branch: CiBranch, now: number): Promise<void> {
  await tx
    .insertInto('ci_branch')
    .values({ ...branch, pushed_at: now, started_at: null })
    .onConflict((on) => on.columns(['project', 'commit']).doUpdateSet({ pushed_at: now }))
    .execute();
}

/** Keeps when the CI has taken a request to run the commit. */
export async function noteStart(tx: Tx, { project, commit }: CiBranch, now: number): Promise<void> {
  const changed = tx.updateTable('ci_branch').set({ started_at: now });
  await changed.where('project', '=', project).where('commit', '=', commit).execute();
}

/** Epoch ms of the last such request, or null. */
export async function startedAt(db: Db, { project, commit }: CiBranch): Promise<number | null> {
  const found = db.selectFrom('ci_branch').select('started_at').where('project', '=', project);
  const row = await found.where('commit', '=', commit).executeTakeFirst();
  return row?.started_at ?? null;
}

/** Branches of a project that were last pushed before `before` (epoch ms), oldest first. */
export async function oldBranches(db: Db, project: string, before: number): Promise<readonly CiBranch[]> {
  const found = db.selectFrom('ci_branch').select(['project', 'commit']).where('project', '=', project);
  return found.where('pushed_at', '<', before).orderBy('pushed_at').orderBy('id').execute();
}

/** The branch is gone. */
export async function forgetBranch(tx: Tx, { project, commit }: CiBranch): Promise<void> {
  const gone = tx.deleteFrom('ci_branch').where('project', '=', project);
  await gone.where('commit', '=', commit).execute();
}
