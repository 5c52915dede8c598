import type { SeriesView, TagView } from '../../src/report/view.ts';
import { foldName } from '../../src/series/person.ts';

/** One commit of ltp.git and the list patch that it was made of. */
export interface TruthRow {
  readonly list_msgid: string;
  readonly committer: string;
  readonly committer_email: string | null;
  /** Epoch seconds. */
  readonly commit_date: number;
  readonly committed_trailers: readonly (readonly [kind: string, name: string, email: string | null])[];
}

interface Person {
  readonly kind: string;
  readonly name: string;
  readonly email: string;
}

/** Reviewer tags against what was committed. */
export interface LtpScore {
  readonly rows: number;
  readonly found: number;
  readonly given: number;
  readonly right: number;
  readonly committed: number;
  readonly hit: number;
  readonly exact: number;
  /** Committed tags that were not found, by what patchloom says of them. */
  readonly misses: ReadonlyMap<string, number>;
}

const KINDS = new Set(['reviewed-by', 'acked-by', 'tested-by']);
const COUNTS = new Set(['given', 'in-patch', 'carried']);
/** A tag that is younger than the commit cannot have been meant; ten minutes for clocks that differ. */
const CLOCKS = 600;

const plain = (name: string): string => foldName(name.replace(/\s+via\s+ltp$/i, ''));

function isSame(one: Person, other: Person): boolean {
  if (one.kind !== other.kind) return false;
  if (one.email !== '' && one.email === other.email) return true;
  return plain(one.name) !== '' && plain(one.name) === plain(other.name);
}

function distinct(people: readonly Person[]): Person[] {
  return people.filter((person, at) => people.findIndex((other) => isSame(person, other)) === at);
}

const personOf = (tag: TagView): Person => ({
  kind: tag.kind.toLowerCase(),
  name: tag.name,
  email: tag.email.toLowerCase(),
});

/**
 * Precision and recall of reviewer tags. The committer's own are left out on both sides: he adds them when he pushes, and they are
 * rarely on the list.
 */
export function scoreLtp(truth: readonly TruthRow[], series: readonly SeriesView[]): LtpScore {
  const patches = new Map(series.flatMap((one) => one.patches.map((patch) => [bare(patch.msgid), patch] as const)));
  const misses = new Map<string, number>();
  const sum = { rows: 0, found: 0, given: 0, right: 0, committed: 0, hit: 0, exact: 0 };
  for (const row of truth) {
    const committer = { name: row.committer, email: (row.committer_email ?? '').toLowerCase() };
    const isForeign = (person: Person): boolean =>
      person.email !== committer.email && plain(person.name) !== plain(committer.name);
    const wanted = distinct(
      row.committed_trailers
        .filter(([kind]) => KINDS.has(kind))
        .map(([kind, name, email]) => ({ kind, name, email: (email ?? '').toLowerCase() })),
    ).filter(isForeign);
    const patch = patches.get(bare(row.list_msgid));
    const tags = (patch?.tags ?? []).filter((tag) => KINDS.has(tag.kind.toLowerCase()));
    const counting = tags.filter(
      (tag) => COUNTS.has(tag.status) && Date.parse(tag.date) / 1000 <= row.commit_date + CLOCKS,
    );
    const have = distinct(counting.map(personOf)).filter(isForeign);
    const missed = wanted.filter((person) => !have.some((other) => isSame(person, other)));
    for (const person of missed) {
      const known = tags.find((tag) => isSame(personOf(tag), person));
      const why = known === undefined ? 'no such tag was found in the mails' : `found, but ${known.status}`;
      misses.set(why, (misses.get(why) ?? 0) + 1);
    }
    const right = have.filter((person) => wanted.some((other) => isSame(person, other))).length;
    sum.rows += 1;
    sum.found += patch === undefined ? 0 : 1;
    sum.given += have.length;
    sum.right += right;
    sum.committed += wanted.length;
    sum.hit += wanted.length - missed.length;
    sum.exact += missed.length === 0 && right === have.length ? 1 : 0;
  }
  return { ...sum, misses };
}

const bare = (msgid: string): string => msgid.replaceAll(/^<|>$/g, '');
