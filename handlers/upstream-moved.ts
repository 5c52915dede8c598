import { upstreamBranches } from '../src/mirror/upstream-branches.ts';
import { branchOf, saveBranch } from '../src/store/branches.ts';
import { type Context, projectOf } from './context.ts';
import { judgeOpen } from './judge.ts';
import { readPeopleFiles } from './tree-people.ts';

/** What a look at upstream brought. */
export interface UpstreamNews {
  /** Branches whose tip is another than last time. */
  readonly moved: readonly string[];
  /** Open series whose verdict changed. */
  readonly judged: number;
}

/**
 * Fetches upstream, reads what its watched branches say of who is who, and judges the open series again. Can be repeated at will.
 * @throws PatchloomError of the fetch
 */
export async function upstreamMoved(context: Context, project: string): Promise<UpstreamNews> {
  const { git } = projectOf(context, project);
  if (git === null) return { moved: [], judged: 0 };
  const mirror = await context.mirrorOf(project);
  await mirror.fetch();
  const { store, clock } = context;
  const targets = git.targetBranch === null ? [] : [git.targetBranch.replaceAll('{target}', () => '*')];
  const moved: string[] = [];
  for (const { name, tip } of await upstreamBranches(mirror.repository, [git.branch, ...git.watch, ...targets])) {
    if ((await branchOf(store.db, project, name))?.tip === tip) continue;
    const people = JSON.stringify(await readPeopleFiles(mirror.repository, tip));
    await store.transaction((tx) => saveBranch(tx, { project, name, tip, people }, clock.now()));
    moved.push(name);
  }
  const judged = await store.transaction((tx) => judgeOpen(tx, context, project));
  return { moved, judged };
}
