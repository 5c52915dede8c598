import { authorsBefore, upstreamLog } from '../src/mirror/upstream-log.ts';
import { namedCommit } from '../src/mirror/upstream-tree.ts';
import { type Release, releaseOf } from '../src/report/release.ts';
import { threadsOf } from '../src/store/landed.ts';
import type { Db } from '../src/store/schema.ts';
import type { ProjectConfig } from '../config/config.ts';
import { peopleFilesOf, treePeople } from './tree-people.ts';

/** Which commits are asked about. */
export interface ReleaseQuestion {
  readonly repository: string;
  /** `A..B`, or one name: all that it holds. */
  readonly range: string;
  /** Committed at or after, before: ISO 8601, or null. */
  readonly since: string | null;
  readonly until: string | null;
}

/**
 * Puts together a release from git and, where there is one, the store of the list.
 * @param project for its names of organisations and its archive; null: without
 * @throws PatchloomError GIT_REF_MISSING, GIT_FAILED
 */
export async function releaseFor(
  { repository, range, since, until }: ReleaseQuestion,
  project: ProjectConfig | null,
  db: Db | null,
): Promise<Release> {
  const [first = '', last] = range.split('..', 2);
  const to = await namedCommit(repository, last ?? first);
  const not = last === undefined ? [] : [await namedCommit(repository, first)];
  const time = { ...(since === null ? {} : { since }), ...(until === null ? {} : { until }) };
  const commits = await upstreamLog(repository, { to, not, ...time });
  const start = since ?? (await startOf(repository, not[0] ?? null));
  const { maintainers, mailmap } = treePeople(await peopleFilesOf(repository, to));
  const days = [since, until].filter((one) => one !== null).join(' to ');
  return releaseOf(commits, {
    range: days === '' ? range : `${range}, ${days}`,
    maintainers,
    mailmap,
    aliases: project?.policy.aliases ?? [],
    organisations: project?.organisations ?? {},
    known: start === null ? [] : await authorsBefore(repository, start),
    threads: db === null || project === null ? new Map<string, string>() : await threadsOf(db, project.name),
    archive: project?.archive ?? null,
  });
}

/** When the commit that a range starts from was made; null for a range from the beginning. */
async function startOf(repository: string, commit: string | null): Promise<string | null> {
  if (commit === null) return null;
  const [start] = await upstreamLog(repository, { to: commit, limit: 1 });
  return start?.committed ?? null;
}
