import { type UpstreamBranch, upstreamBranches } from '../src/mirror/upstream-branches.ts';
import { type UpstreamCommit, upstreamLog } from '../src/mirror/upstream-log.ts';
import { isInHistory } from '../src/mirror/upstream-tree.ts';
import { peopleOf } from '../src/review/people.ts';
import { branchOf, saveBranch, saveSearched, searchedOf } from '../src/store/branches.ts';
import { saveLandings, type StoredLanding } from '../src/store/landed.ts';
import { newestMail, oldestNews, patchesSince, type PostedPatch } from '../src/store/posted.ts';
import { saveEvents } from '../src/store/events.ts';
import { settlePatches } from '../src/store/postings.ts';
import { stateChanged } from './events.ts';
import { type Context, projectOf } from './context.ts';
import { branchFor, judgeOpen } from './judge.ts';
import { findLandings, type LandingFound } from './landings.ts';
import { type PeopleFiles, peopleFilesOf, treePeople } from './tree-people.ts';

/** What a look at upstream brought. */
export interface UpstreamNews {
  /** Branches whose tip is another than last time. */
  readonly moved: readonly string[];
  /** Patches that were found in a branch. */
  readonly landed: number;
  /** Open series whose verdict changed. */
  readonly judged: number;
}

const DAY = 86_400_000;
/** A patch is looked for in commits from so long before its posting: clocks differ. */
const SLACK = 2 * DAY;
/** A patch may be committed so long after its posting. */
const LONGEST_WAIT = 2 * 365 * DAY;

/**
 * Fetches upstream, reads what its watched branches say of who is who, finds our patches in them, and judges the open series again.
 * Can be repeated at will: what was looked at before is not looked at again.
 * @throws PatchloomError of the fetch
 */
export async function upstreamMoved(context: Context, project: string): Promise<UpstreamNews> {
  const { git } = projectOf(context, project);
  if (git === null) return { moved: [], landed: 0, judged: 0 };
  const mirror = await context.mirrorOf(project);
  await mirror.fetch();
  const targets = git.targetBranch === null ? [] : [git.targetBranch.replaceAll('{target}', () => '*')];
  const branches = await upstreamBranches(mirror.repository, [git.branch, ...git.watch, ...targets]);
  const watched = new Set(
    (await upstreamBranches(mirror.repository, [git.branch, ...git.watch])).map(({ name }) => name),
  );
  const main = branches.find(({ name }) => name === git.branch);
  const moved: string[] = [];
  let landed = 0;
  let since = context.clock.now() - projectOf(context, project).policy.minimumTime * 1000 - DAY;
  for (const branch of branches) {
    const news = await readBranch(context, project, mirror.repository, branch);
    if (news !== 'same') moved.push(branch.name);
    if (news === 'people') since = 0;
    if (!watched.has(branch.name)) continue;
    const others = main === undefined || branch === main ? [] : [main.tip];
    landed += await searchBranch(context, project, mirror.repository, branch, others);
  }
  const judged = await context.store.transaction((tx) => judgeOpen(tx, context, project, since));
  return { moved, landed, judged };
}

/** Keeps where a branch stands and who is who there. @returns whether it has moved, and whether the people did */
async function readBranch(
  { store, clock }: Context,
  project: string,
  repository: string,
  { name, tip }: UpstreamBranch,
): Promise<'same' | 'moved' | 'people'> {
  const known = await branchOf(store.db, project, name);
  if (known?.tip === tip) return 'same';
  const people = JSON.stringify(await peopleFilesOf(repository, tip));
  await store.transaction((tx) => saveBranch(tx, { project, name, tip, people }, clock.now()));
  return known?.people === people ? 'moved' : 'people';
}

/**
 * Looks for our patches in the commits that are new, and for new mail's patches in older ones.
 * @param others tips of branches whose commits are not this one's own
 * @returns how many were found
 */
async function searchBranch(
  context: Context,
  project: string,
  repository: string,
  { name, tip }: UpstreamBranch,
  others: readonly string[],
): Promise<number> {
  const { store } = context;
  const searched = await searchedOf(store.db, project, name);
  const mail = await newestMail(store.db);
  const oldest = await oldestNews(store.db, project, searched.mail);
  if (searched.to === tip && oldest === null) return 0;
  const commits = await newCommits(repository, tip, others, searched.to, oldest);
  const first = commits.reduce((least, { committed }) => Math.min(least, Date.parse(committed)), context.clock.now());
  const patches = commits.length === 0 ? [] : await patchesSince(store.db, project, first - LONGEST_WAIT);
  const { aliases } = projectOf(context, project).policy;
  const tree = treePeople(JSON.parse((await branchOf(store.db, project, name))?.people ?? '{}') as PeopleFiles);
  const people = peopleOf(tree.mailmap, aliases);
  const found =
    patches.length === 0
      ? []
      : await findLandings({ db: store.db, repository, project, branch: name, commits, patches, people });
  const shared = others.length > 0 ? [] : await alsoInTarget(context, project, repository, patches, found);
  await store.transaction(async (tx) => {
    await saveLandings(tx, [...found, ...shared]);
    const landed = found.map(({ msgid }) => msgid);
    const changed = await settlePatches(tx, project, landed);
    await saveEvents(
      tx,
      changed.map((one) => stateChanged(one)),
      context.clock.now(),
    );
    await saveSearched(tx, project, name, { to: tip, mail });
  });
  return found.length;
}

/** Commits since the last search, and all since the oldest mail that is new. */
async function newCommits(
  repository: string,
  tip: string,
  others: readonly string[],
  from: string | null,
  oldest: number | null,
): Promise<readonly UpstreamCommit[]> {
  const fresh = from === null || from === tip ? [] : await upstreamLog(repository, { to: tip, not: [...others, from] });
  if (oldest === null) return fresh;
  const since = new Date(oldest - SLACK).toISOString();
  const again = await upstreamLog(repository, { to: tip, not: others, since });
  const known = new Set(again.map(({ commit }) => commit));
  return [...again, ...fresh.filter(({ commit }) => !known.has(commit))];
}

/** A series for a release that had no branch yet went into the default one: the branch has it from there. */
async function alsoInTarget(
  context: Context,
  project: string,
  repository: string,
  patches: readonly PostedPatch[],
  found: readonly StoredLanding<LandingFound>[],
): Promise<readonly StoredLanding<LandingFound>[]> {
  const targets = new Map(patches.map(({ msgid, target }) => [msgid, target]));
  const shared: StoredLanding<LandingFound>[] = [];
  for (const landing of found) {
    const branch = branchFor(projectOf(context, project), targets.get(landing.msgid) ?? null);
    if (branch === null || branch === landing.branch) continue;
    const [there] = await upstreamBranches(repository, [branch]);
    if (there !== undefined && (await isInHistory(repository, landing.commit, there.tip)))
      shared.push({ ...landing, branch });
  }
  return shared;
}
