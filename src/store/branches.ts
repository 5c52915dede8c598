import type { Db, Tx } from './schema.ts';

/** An upstream branch as it was last read. */
export interface StoredBranch {
  readonly project: string;
  readonly name: string;
  /** Commit id. */
  readonly tip: string;
  /** JSON of the files that say who is who; the reader knows its form. */
  readonly people: string;
}

/** Keeps what a branch holds now. */
export async function saveBranch(tx: Tx, branch: StoredBranch, now: number): Promise<void> {
  const { tip, people } = branch;
  await tx
    .insertInto('branch')
    .values({ ...branch, searched_to: null, at: now })
    .onConflict((on) => on.columns(['project', 'name']).doUpdateSet({ tip, people, at: now }))
    .execute();
}

/** Null where the branch was never read. */
export async function branchOf(db: Db, project: string, name: string): Promise<StoredBranch | null> {
  const found = db.selectFrom('branch').select(['project', 'name', 'tip', 'people']);
  return (await found.where('project', '=', project).where('name', '=', name).executeTakeFirst()) ?? null;
}

/** The branches of a project that were read, without what they hold. */
export async function branchesOf(
  db: Db,
  project: string,
): Promise<readonly { readonly name: string; readonly tip: string }[]> {
  return db.selectFrom('branch').select(['name', 'tip']).where('project', '=', project).orderBy('name').execute();
}

/** How far a branch was searched for our patches. */
export interface Searched {
  /** Commit id; null where it never was. */
  readonly to: string | null;
  /** Id of the newest mail that was known then. */
  readonly mail: number;
}

/** Nothing was searched where the branch was never read. */
export async function searchedOf(db: Db, project: string, name: string): Promise<Searched> {
  const found = db.selectFrom('branch').select(['searched_to', 'searched_mail']);
  const row = await found.where('project', '=', project).where('name', '=', name).executeTakeFirst();
  return row === undefined ? { to: null, mail: 0 } : { to: row.searched_to, mail: row.searched_mail };
}

/** Keeps how far a branch was searched. */
export async function saveSearched(tx: Tx, project: string, name: string, searched: Searched): Promise<void> {
  await tx
    .updateTable('branch')
    .set({ searched_to: searched.to, searched_mail: searched.mail })
    .where('project', '=', project)
    .where('name', '=', name)
    .execute();
}
