import type { Address } from '../mail/message.ts';
import { kindOf } from './kinds.ts';
import type { Maintainers, Section } from './maintainers.ts';
import { levelsOf } from './maintainers-cover.ts';
import type { People } from './people.ts';
import { filesInArea } from './policy-area.ts';
import { COUNTING, type Tag } from './tag.ts';

/** What the policy looks at of one patch, whether it stands in a mail or in a commit. */
export interface PolicyPatch {
  readonly author: Address;
  /** All touched files: new names, and the old ones of what was moved or removed. */
  readonly paths: readonly string[];
  /** Those of Signed-off-by, in order. */
  readonly signers: readonly Address[];
  readonly tags: readonly Pick<Tag, 'kind' | 'name' | 'email' | 'area' | 'status' | 'date'>[];
}

/** How one file stands. */
export interface FileApproval {
  readonly path: string;
  /** Sections that can approve it, most specific first; empty where nobody maintains it. */
  readonly levels: readonly (readonly Section[])[];
  /** Index in `levels` of whoever approved it; null where nobody did. */
  readonly level: number | null;
  /** Who approved it, the most specific first found. */
  readonly by: Address | null;
}

/** What was found of one patch's approvals. */
export interface PatchApprovals {
  /** Null where the tree has no MAINTAINERS file. */
  readonly files: readonly FileApproval[] | null;
  /** Somebody else than the one who wrote it, or null. */
  readonly other: Address | null;
}

interface Voice {
  readonly person: Address;
  readonly paths: ReadonlySet<string>;
}

function maintainersIn(levels: readonly (readonly Section[])[]): readonly Address[] {
  return levels.flatMap((sections) => sections.flatMap(({ maintainers }) => maintainers));
}

/**
 * Approvals and sign-offs with the files that each is for. Of the sign-offs the author's counts, and the last one, which is the
 * sender's: it approves the final version. One in between approved what somebody has changed since.
 */
function voicesOf(
  patch: PolicyPatch,
  levels: ReadonlyMap<string, readonly (readonly Section[])[]>,
  people: People,
): readonly Voice[] {
  const all = new Set(patch.paths);
  const last = patch.signers.at(-1);
  const signers = patch.signers.filter((person) => person === last || people.same(person, patch.author));
  const reviews = patch.tags.filter((tag) => COUNTING.has(tag.status) && kindOf(tag.kind)?.review === true);
  const sectionsOf = (path: string) => (levels.get(path) ?? []).flat();
  return [
    ...reviews.map((tag): Voice => {
      const paths = tag.area === null ? all : new Set(filesInArea(tag.area, patch.paths, sectionsOf));
      return { person: tag, paths };
    }),
    ...signers.map((person): Voice => ({ person, paths: all })),
  ];
}

function approvalOf(
  path: string,
  levels: readonly (readonly Section[])[],
  voices: readonly Voice[],
  people: People,
): FileApproval {
  for (const [level, sections] of levels.entries()) {
    const able = sections.flatMap(({ maintainers }) => maintainers);
    const by = voices.find((voice) => voice.paths.has(path) && people.among(voice.person, able));
    if (by !== undefined) return { path, levels, level, by: { name: by.person.name, email: by.person.email } };
  }
  return { path, levels, level: null, by: null };
}

/**
 * Who wrote it last. Two people sign off what both wrote, and the later one has edited it last; the text of Xen's policy then
 * lets the earlier one approve.
 */
function wroteIt({ author, signers }: PolicyPatch, giver: Address, people: People): boolean {
  if (!people.same(giver, author)) return false;
  const last = signers.at(-1);
  return last === undefined || people.same(last, author);
}

/**
 * Judges a patch by the two rules about approval, against the MAINTAINERS of the tree before it:
 * a maintainer of each file (an Acked-by or Reviewed-by counts for the giver's own files only, a Signed-off-by likewise), and
 * somebody else than the author (a Reviewed-by by anybody; an Acked-by by a maintainer of touched code).
 * @param maintainers null where the tree has no such file: an Acked-by by anybody counts then
 */
export function approvalsOf(patch: PolicyPatch, maintainers: Maintainers | null, people: People): PatchApprovals {
  const levels = new Map(
    patch.paths.map((path) => [path, maintainers === null ? [] : levelsOf(maintainers, path)] as const),
  );
  const able = maintainersIn([...levels.values()].flat());
  const reviews = patch.tags.filter((tag) => COUNTING.has(tag.status) && kindOf(tag.kind)?.review === true);
  const other = reviews.find((tag) => {
    if (wroteIt(patch, tag, people)) return false;
    return tag.kind !== 'Acked-by' || able.length === 0 || people.among(tag, able);
  });
  const voices = voicesOf(patch, levels, people);
  const files = patch.paths.map((path) => approvalOf(path, levels.get(path) ?? [], voices, people));
  return {
    files: maintainers === null ? null : files,
    other: other === undefined ? null : { name: other.name, email: other.email },
  };
}
