import type { TreeState } from '../review/policy.ts';
import type { Db, Tx } from './schema.ts';

/** What was last said of a tree. */
export interface StoredTreeState {
  readonly state: TreeState;
  /** Epoch ms. */
  readonly since: number;
  /** A Message-ID, or `command`. */
  readonly evidence: string;
}

/** @param branch empty: all branches without a word of their own */
export async function saveTreeState(tx: Tx, project: string, branch: string, said: StoredTreeState): Promise<void> {
  await tx
    .insertInto('tree_state')
    .values({ project, branch, ...said })
    .onConflict((on) => on.columns(['project', 'branch']).doUpdateSet({ ...said }))
    .execute();
}

/** What was said of the branch, else of all; null where the configuration alone speaks. */
export async function treeStateOf(db: Db, project: string, branch: string): Promise<StoredTreeState | null> {
  const rows = await db
    .selectFrom('tree_state')
    .select(['state', 'since', 'evidence'])
    .where('project', '=', project)
    .where('branch', 'in', [branch, ''])
    .orderBy('branch', 'desc')
    .execute();
  const [row] = rows;
  return row === undefined ? null : { ...row, state: row.state as TreeState };
}

/** Forgets what was said, so that the configuration speaks again. */
export async function clearTreeState(tx: Tx, project: string, branch: string): Promise<void> {
  await tx.deleteFrom('tree_state').where('project', '=', project).where('branch', '=', branch).execute();
}
