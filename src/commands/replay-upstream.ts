import { readFileSync } from 'node:fs';
import type { Config } from '../../config/config.ts';
import type { PastUpstream } from '../mirror/past-upstream.ts';
import { upstreamBranches } from '../mirror/upstream-branches.ts';
import { commitDiffs } from '../mirror/upstream-diffs.ts';
import { type UpstreamCommit, upstreamLog } from '../mirror/upstream-log.ts';
import { patchId } from '../patch/patch-id.ts';
import type { Replayed, Taken } from '../report/replay.ts';
import { foldName } from '../series/person.ts';
import { unreadable } from '../source/unreadable.ts';
import { PatchloomError } from '../util/errors.ts';

const DAY = 86_400_000;
const KINDS = /^(?:reviewed|acked|tested)-by$/i;

/** A row of a file that says which commit came of which mail, one JSON object a line. */
interface TruthRow {
  readonly commit: string;
  readonly list_msgid: string;
  readonly match?: string;
  readonly committer?: string;
  readonly committer_email?: string | null;
  readonly committed_trailers?: readonly (readonly [string, string, string | null])[];
}

/** What a file says that upstream took. @throws PatchloomError SOURCE_MISSING, SOURCE_UNREADABLE */
export function takenFromFile(file: string): ReadonlyMap<string, Taken> {
  const text = textOf(file);
  try {
    const rows = text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as TruthRow);
    return new Map(rows.map((row) => [`<${row.list_msgid.replace(/^<|>$/g, '')}>`, takenOf(row)]));
  } catch (error) {
    throw new PatchloomError('SOURCE_UNREADABLE', `${file}: is not JSON lines with commit and list_msgid`, {
      cause: error,
    });
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw unreadable(file, error);
  }
}

function takenOf(row: TruthRow): Taken {
  const tags = (row.committed_trailers ?? []).filter(([kind]) => KINDS.test(kind));
  return {
    commit: row.commit,
    unchanged: (row.match ?? '').includes('pid'),
    tags: tags.map(([kind, name, email]) => ({ kind, name, email: email ?? '' })),
    committer: row.committer === undefined ? null : { name: row.committer, email: row.committer_email ?? '' },
  };
}

/** What the upstream branches of today hold of the replayed patches: by diff, else by author and title. */
export async function takenFromGit(
  projects: Config['projects'],
  past: ReadonlyMap<string, PastUpstream>,
  all: readonly Replayed[],
): Promise<ReadonlyMap<string, Taken>> {
  const taken = new Map<string, Taken>();
  for (const { name, git } of projects) {
    const own = all.filter(({ series }) => series.project === name);
    const repository = past.get(name)?.repository;
    if (git === null || repository === undefined || own.length === 0) continue;
    const [branch] = await upstreamBranches(repository, [git.branch]);
    if (branch === undefined) continue;
    const since = own.reduce((least, { series }) => Math.min(least, series.posted), Number.POSITIVE_INFINITY);
    const log = await upstreamLog(repository, { to: branch.tip, since: new Date(since).toISOString() });
    for (const one of await landedBy(repository, own, log)) taken.set(...one);
  }
  return taken;
}

async function landedBy(
  repository: string,
  own: readonly Replayed[],
  log: readonly UpstreamCommit[],
): Promise<readonly [msgid: string, taken: Taken][]> {
  const byTitle = new Map(log.map((commit) => [titleKey(commit.author.name, commit.title), commit]));
  const found = own.flatMap(({ series }) =>
    series.patches.flatMap((patch) => {
      const commit = byTitle.get(titleKey(patch.author.name, patch.subject));
      return commit === undefined || Date.parse(commit.committed) < series.posted - DAY ? [] : [{ patch, commit }];
    }),
  );
  const ids = new Map<string, string | null>();
  for await (const { commit, diff } of commitDiffs(repository, [...new Set(found.map(({ commit }) => commit.commit))]))
    ids.set(commit, patchId(diff));
  return found.map(({ patch, commit }) => {
    const unchanged = patch.patchId !== null && patch.patchId === ids.get(commit.commit);
    const { name, email } = commit.committer;
    const taken = { commit: commit.commit, unchanged, tags: trailersIn(commit.message), committer: { name, email } };
    return [patch.msgid, taken];
  });
}

function titleKey(author: string, title: string): string {
  return `${foldName(author)}\n${title.toLowerCase().replace(/\s+/g, ' ').trim()}`;
}

function trailersIn(message: string): Taken['tags'] {
  const found = message.matchAll(
    /^((?:Reviewed|Acked|Tested)-by):[ \t]{0,8}([^<\n]{0,200}?)[ \t]*<([^>\n]{1,254})>/gim,
  );
  return [...found].map(([, kind = '', name = '', email = '']) => ({ kind, name, email }));
}
