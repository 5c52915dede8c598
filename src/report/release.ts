import type { Address } from '../mail/message.ts';
import type { UpstreamCommit } from '../mirror/upstream-log.ts';
import { commitOrigin } from '../review/commit-origin.ts';
import { linksOf } from '../review/landing.ts';
import { coverageOf } from '../review/maintainers-cover.ts';
import type { Maintainers } from '../review/maintainers.ts';
import { type Contribution, contributionsOf, type Organisation, organisationsOf } from './release-people.ts';
import type { ReleaseNames } from './release-people.ts';

/** One change of a release. */
export interface ReleaseChange {
  readonly commit: string;
  readonly title: string;
  readonly author: Address;
  /** ISO 8601, of the commit. */
  readonly date: string;
  readonly area: string;
  /** Commits of the main branch that it was taken from. */
  readonly origins: readonly string[];
  readonly advisories: readonly number[];
  readonly cves: readonly string[];
  /** Message-ID of the patch on the list, and where to read it; null where it is not known. */
  readonly msgid: string | null;
  readonly thread: string | null;
}

/** A security advisory with the changes that belong to it. */
export interface Advisory {
  readonly number: number;
  readonly cves: readonly string[];
  readonly commits: readonly string[];
}

/** What a release announcement, or a look back at a time, needs. */
export interface Release {
  /** As asked for: `RELEASE-4.9.0..RELEASE-4.9.1`. */
  readonly range: string;
  /** Days of the first and the last commit; empty where there is none. */
  readonly from: string;
  readonly to: string;
  readonly areas: readonly { readonly area: string; readonly changes: readonly ReleaseChange[] }[];
  readonly advisories: readonly Advisory[];
  readonly backports: readonly ReleaseChange[];
  readonly people: readonly Contribution[];
  readonly organisations: readonly Organisation[];
  readonly firstTime: readonly Address[];
}

/** What a release is made from beside its commits. */
export interface ReleaseSources extends ReleaseNames {
  readonly range: string;
  /** Of the tree at its end; null where it has none. */
  readonly maintainers: Maintainers | null;
  /** Message-IDs of patches by commit. */
  readonly threads: ReadonlyMap<string, string>;
  /** Address of a mail in the archive, `{msgid}` in it, or null. */
  readonly archive: string | null;
}

/** The section that has most of the files; of what only THE REST has, the folder. */
function areaOf({ paths }: UpstreamCommit, maintainers: Maintainers | null): string {
  const counts = new Map<string, number>();
  for (const path of paths) {
    const own = maintainers === null ? undefined : coverageOf(maintainers, path).find(({ section }) => !section.rest);
    const folders = path.split('/').slice(0, -1);
    const area = own?.section.name ?? (folders.length === 0 ? 'Top level' : folders.slice(0, 2).join('/'));
    counts.set(area, (counts.get(area) ?? 0) + 1);
  }
  const [first] = [...counts].toSorted((one, other) => other[1] - one[1] || (one[0] < other[0] ? -1 : 1));
  return first?.[0] ?? 'Top level';
}

function threadOf(msgid: string | null, archive: string | null): string | null {
  if (msgid === null || archive === null) return null;
  return archive.replaceAll('{msgid}', () => encodeURIComponent(msgid.replaceAll(/[<>]/g, '')));
}

function changeOf(commit: UpstreamCommit, sources: ReleaseSources): ReleaseChange {
  const { origins, advisories, cves } = commitOrigin(commit.message);
  const known = [commit.commit, ...origins].map((id) => sources.threads.get(id)).find((id) => id !== undefined);
  const msgid = known ?? linksOf(commit.message)[0] ?? null;
  return {
    commit: commit.commit,
    title: commit.title,
    author: commit.author,
    date: commit.committed,
    area: areaOf(commit, sources.maintainers),
    origins,
    advisories,
    cves,
    msgid,
    thread: threadOf(msgid, sources.archive),
  };
}

function advisoriesOf(changes: readonly ReleaseChange[]): Advisory[] {
  const numbers = [...new Set(changes.flatMap(({ advisories }) => advisories))].toSorted((one, other) => one - other);
  return numbers.map((number) => {
    const own = changes.filter(({ advisories }) => advisories.includes(number));
    return {
      number,
      cves: [...new Set(own.flatMap(({ cves }) => cves))],
      commits: own.map(({ commit }) => commit),
    };
  });
}

/** Areas by name, those of MAINTAINERS before folders; changes in the order in which they went in. */
function areasOf(changes: readonly ReleaseChange[]): Release['areas'] {
  const areas = new Map<string, ReleaseChange[]>();
  for (const change of changes) areas.set(change.area, [...(areas.get(change.area) ?? []), change]);
  return [...areas]
    .toSorted((one, other) => other[1].length - one[1].length || (one[0] < other[0] ? -1 : 1))
    .map(([area, own]) => ({ area, changes: own }));
}

/**
 * Puts together what is to be said of the commits of a range.
 * @param commits newest first
 */
export function releaseOf(commits: readonly UpstreamCommit[], sources: ReleaseSources): Release {
  const ordered = commits.toReversed();
  const changes = ordered.map((commit) => changeOf(commit, sources));
  const people = contributionsOf(
    ordered,
    changes.map(({ area }) => area),
    sources,
  );
  return {
    range: sources.range,
    from: ordered[0]?.committed.slice(0, 10) ?? '',
    to: ordered.at(-1)?.committed.slice(0, 10) ?? '',
    areas: areasOf(changes),
    advisories: advisoriesOf(changes),
    backports: changes.filter(({ origins }) => origins.length > 0),
    people,
    organisations: organisationsOf(people),
    firstTime: people.filter(({ first }) => first).map(({ person }) => person),
  };
}
