import type { TreeState } from '../src/review/policy.ts';
import { treeNotice } from '../src/review/tree-notice.ts';
import { mailsFrom, type SentMail } from '../src/store/senders.ts';
import { clearTreeState, saveTreeState, type StoredTreeState, treeStateOf } from '../src/store/tree-states.ts';
import { type Context, projectOf } from './context.ts';
import { judgeOpen } from './judge.ts';

/** A mail of a Release Manager that says another state than is in force. */
export interface TreeOffer {
  readonly state: TreeState;
  readonly mail: SentMail;
}

const LOOKED_AT = 500;

/** The state in force and, where it is the configuration's, no evidence. */
export async function currentTree(context: Context, project: string, branch: string): Promise<StoredTreeState> {
  const said = await treeStateOf(context.store.db, project, branch);
  return said ?? { state: projectOf(context, project).policy.tree, since: 0, evidence: 'config' };
}

/** The newest mail of a Release Manager about the tree, where it came after what is in force and says otherwise; else null. */
export async function treeOffer(context: Context, project: string, branch: string): Promise<TreeOffer | null> {
  const { releaseManagers } = projectOf(context, project).policy;
  const current = await currentTree(context, project, branch);
  for (const mail of await mailsFrom(context.store.db, releaseManagers, current.since, LOOKED_AT)) {
    const state = treeNotice(mail.subject);
    if (state !== null) return state === current.state ? null : { state, mail };
  }
  return null;
}

/**
 * Sets the state of a tree, or gives it back to the configuration (null), and judges the open series again.
 * @param branch empty: all branches without a word of their own
 * @returns how many verdicts changed
 */
export async function setTree(
  context: Context,
  project: string,
  branch: string,
  state: TreeState | null,
  evidence: string,
): Promise<number> {
  projectOf(context, project);
  return context.store.transaction(async (tx) => {
    if (state === null) await clearTreeState(tx, project, branch);
    else await saveTreeState(tx, project, branch, { state, since: context.clock.now(), evidence });
    return judgeOpen(tx, context, project);
  });
}
