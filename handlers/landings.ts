import { commitDiffs } from '../src/mirror/upstream-diffs.ts';
import type { UpstreamCommit } from '../src/mirror/upstream-log.ts';
import { contentHash } from '../src/patch/content-hash.ts';
import { type FileDiff, findDiff } from '../src/patch/diff.ts';
import { patchId } from '../src/patch/patch-id.ts';
import {
  type Landing,
  type LandedCommit,
  type LandingIndex,
  landingIndex,
  type MailedPatch,
} from '../src/review/landing.ts';
import { type LandingChanges, landingChanges } from '../src/review/landing-changes.ts';
import type { People } from '../src/review/people.ts';
import { trailersFor } from '../src/review/trailers-for.ts';
import type { StoredLanding } from '../src/store/landed.ts';
import { rawOf } from '../src/store/messages.ts';
import type { Db } from '../src/store/schema.ts';
import { seriesByMsgid } from '../src/store/series.ts';
import { readMail } from './read-mail.ts';

/** What is kept of a patch that was found upstream. */
export interface LandingFound extends LandingChanges {
  readonly rule: Landing['rule'];
  readonly committer: UpstreamCommit['committer'];
}

/** Which commits are looked at. */
export interface LandingSearch {
  readonly db: Db;
  readonly repository: string;
  readonly project: string;
  readonly branch: string;
  readonly commits: readonly UpstreamCommit[];
  /** Patches that may be found. */
  readonly patches: readonly MailedPatch[];
  readonly people: People;
}

/** Candidates of one commit whose mails are read for their patch ids. */
const MOST_READ = 8;

/** Reads the diff of a stored patch once more; null where the mail has none, or is gone. */
async function mailedPatch(db: Db, msgid: string) {
  const raw = await rawOf(db, msgid);
  return raw === null ? null : (await readMail(raw)).patch;
}

/** What is compared of commits, in their order. Diffs are not kept: a first look at a long history has more of them than memory. */
async function lookAt(repository: string, commits: readonly UpstreamCommit[]): Promise<readonly LandedCommit[]> {
  const byId = new Map(commits.map((commit) => [commit.commit, commit]));
  const looked: LandedCommit[] = [];
  for await (const { commit: id, diff } of commitDiffs(repository, [...byId.keys()])) {
    const upstream = byId.get(id);
    if (upstream === undefined) continue;
    const files = filesOf(diff);
    const changedLines = files.reduce((sum, { changes }) => sum + changes.length, 0);
    looked.push({ ...asLanded(upstream), contentHash: contentHash(files), changedLines });
  }
  return looked;
}

const STRENGTH: readonly Landing['rule'][] = ['content', 'link', 'patch-id', 'title'];

/** A patch goes in once: the surest commit for it, of equal ones the last, which is the oldest. */
function oneEach(found: readonly StoredLanding<LandingFound>[]): readonly StoredLanding<LandingFound>[] {
  const best = new Map<string, StoredLanding<LandingFound>>();
  const weight = ({ found: { rule } }: StoredLanding<LandingFound>): number => STRENGTH.indexOf(rule);
  for (const one of found) {
    const known = best.get(one.msgid);
    if (known === undefined || weight(one) <= weight(known)) best.set(one.msgid, one);
  }
  return [...best.values()];
}

function asLanded({ committed, ...commit }: UpstreamCommit): Omit<LandedCommit, 'contentHash' | 'changedLines'> {
  return { ...commit, committed: Date.parse(committed) };
}

function filesOf(diff: string): readonly FileDiff[] {
  return findDiff(diff.split('\n'), 0)?.files ?? [];
}

/** By patch id among those that may be it, else by title and author. */
async function lessSure(
  search: LandingSearch,
  index: LandingIndex,
  commit: LandedCommit,
  diff: string,
): Promise<readonly Landing[]> {
  const candidates = index.maybe(commit).slice(0, MOST_READ);
  if (candidates.length === 0) return [];
  const patches = await Promise.all(candidates.map(({ msgid }) => mailedPatch(search.db, msgid)));
  const own = patchId(diff);
  const equal = candidates.filter((_, at) => own !== null && patches[at]?.patchId === own);
  if (equal.length > 0) return equal.map(({ msgid }) => ({ msgid, commit: commit.commit, rule: 'patch-id' }));
  const named = index.byTitle(commit);
  return named === null ? [] : [{ msgid: named.msgid, commit: commit.commit, rule: 'title' }];
}

async function changesOf(
  search: LandingSearch,
  { msgid }: Landing,
  commit: LandedCommit,
  files: readonly FileDiff[],
): Promise<LandingChanges> {
  const patch = await mailedPatch(search.db, msgid);
  const stored = await seriesByMsgid(search.db, msgid, search.project);
  const tags = stored?.tags.patches.get(msgid) ?? [];
  const mailed = {
    title: patch?.title ?? commit.title,
    files: patch === null ? files : filesOf(patch.diff),
    trailers: [...(patch?.trailers ?? []), ...trailersFor(tags)],
  };
  return landingChanges(mailed, { ...commit, files }, search.people);
}

/**
 * Finds which patches the commits came from: the mail that the commit names, equal content, git's patch id, then title and author on
 * the same files. Each with what the committer changed.
 * @throws PatchloomError GIT_FAILED
 */
export async function findLandings(search: LandingSearch): Promise<readonly StoredLanding<LandingFound>[]> {
  const index = landingIndex(search.patches);
  const possible = search.commits.filter((one) => one.parents.length === 1 && index.possible(asLanded(one)));
  const looked = await lookAt(search.repository, possible);
  const sure = new Map(looked.map((commit) => [commit.commit, index.sure(commit)]));
  const surely = new Set([...sure.values()].flat().map(({ msgid }) => msgid));
  const worth = looked.filter((commit) => (sure.get(commit.commit) ?? []).length > 0 || index.maybe(commit).length > 0);
  const byId = new Map(worth.map((commit) => [commit.commit, commit]));
  const committers = new Map(possible.map(({ commit, committer }) => [commit, committer]));
  const found: StoredLanding<LandingFound>[] = [];
  for await (const { commit: id, diff } of commitDiffs(search.repository, [...byId.keys()])) {
    const commit = byId.get(id);
    const committer = committers.get(id);
    if (commit === undefined || committer === undefined) continue;
    const known = sure.get(id) ?? [];
    const landings = known.length > 0 ? known : await lessSure(search, index, commit, diff);
    for (const landing of landings.filter(({ msgid }) => known.length > 0 || !surely.has(msgid))) {
      const changes = await changesOf(search, landing, commit, filesOf(diff));
      const { project, branch } = search;
      const row = { project, branch, msgid: landing.msgid, commit: id, committed: commit.committed };
      found.push({ ...row, found: { rule: landing.rule, committer, ...changes } });
    }
  }
  return oneEach(found);
}
