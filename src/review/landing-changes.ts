import type { FileDiff } from '../patch/diff.ts';
import type { Trailer } from '../patch/patch.ts';
import { type CommitTag, commitTags } from './commit-tags.ts';
import { kindOf } from './kinds.ts';
import { parsePerson } from './maintainers-person.ts';
import type { People } from './people.ts';

/** What the committer made of a patch. */
export interface LandingChanges {
  /** Files whose added or removed lines differ from the mail's. */
  readonly files: readonly string[];
  /** Lines that only one of both has, as text for people; bounded. */
  readonly difference: string;
  /** The commit's title where it is another. */
  readonly title: string | null;
  /** Trailers of the commit that we have not: `Reviewed-by: …`. */
  readonly added: readonly string[];
  /** Trailers that we have and the commit has not. */
  readonly dropped: readonly string[];
}

const LONGEST_DIFFERENCE = 20_000;

function linesOf(files: readonly FileDiff[]): ReadonlyMap<string, readonly string[]> {
  return new Map(
    files.map(({ newPath, oldPath, changes }) => [newPath ?? oldPath ?? '', changes.map((line) => line.trimEnd())]),
  );
}

/** Lines of `one` that `other` lacks, each as often as it is missing. */
function missingIn(one: readonly string[], other: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of other) left.set(line, (left.get(line) ?? 0) + 1);
  return one.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}

function differenceOf(
  mailed: readonly FileDiff[],
  committed: readonly FileDiff[],
): Pick<LandingChanges, 'files' | 'difference'> {
  const [ours, theirs] = [linesOf(mailed), linesOf(committed)];
  const files: string[] = [];
  const text: string[] = [];
  for (const path of new Set([...ours.keys(), ...theirs.keys()])) {
    const [own = [], other = []] = [ours.get(path), theirs.get(path)];
    const [dropped, added] = [missingIn(own, other), missingIn(other, own)];
    if (dropped.length + added.length === 0 && own.length === other.length) continue;
    files.push(path);
    text.push(path, ...dropped.map((line) => `mailed    ${line}`), ...added.map((line) => `committed ${line}`));
  }
  const whole = text.join('\n');
  const cut = whole.length > LONGEST_DIFFERENCE ? `${whole.slice(0, LONGEST_DIFFERENCE)}\n[cut]` : whole;
  // Diffs are bytes as latin1 text; people read UTF-8.
  return { files, difference: Buffer.from(cut, 'latin1').toString('utf8') };
}

interface Named {
  readonly kind: string;
  readonly value: string;
}

function sameTrailer(one: Named, other: Named, people: People): boolean {
  if (one.kind.toLowerCase() !== other.kind.toLowerCase()) return false;
  const [a, b] = [parsePerson(one.value), parsePerson(other.value)];
  return a === null || b === null ? one.value.trim() === other.value.trim() : people.same(a, b);
}

/** Trailers about people, canonical; others (Fixes, Link) are the author's text. */
function personal(trailers: readonly Trailer[]): Named[] {
  return trailers.flatMap(({ kind, value }) =>
    kindOf(kind) === null && !/-by$/i.test(kind) ? [] : [{ kind: kindOf(kind)?.kind ?? kind, value }],
  );
}

function words(list: readonly Named[]): string[] {
  return list.map(({ kind, value }) => `${kind}: ${value}`);
}

/** What a patch is compared by: its diff, and the trailers that we would have put into the commit. */
export interface MailedSide {
  readonly title: string;
  readonly files: readonly FileDiff[];
  /** Of the patch's own text, and of the tags that count. */
  readonly trailers: readonly Trailer[];
}

/** Compares a mailed patch with what became of it. */
export function landingChanges(
  mailed: MailedSide,
  commit: { readonly title: string; readonly message: string; readonly files: readonly FileDiff[] },
  people: People,
): LandingChanges {
  const ours = personal(mailed.trailers);
  const theirs: readonly CommitTag[] = commitTags(commit.message);
  return {
    ...differenceOf(mailed.files, commit.files),
    title: commit.title === mailed.title ? null : commit.title,
    added: words(theirs.filter((one) => !ours.some((other) => sameTrailer(one, other, people)))),
    dropped: words(ours.filter((one) => !theirs.some((other) => sameTrailer(one, other, people)))),
  };
}
