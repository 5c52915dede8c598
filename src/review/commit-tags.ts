import type { Address } from '../mail/message.ts';
import { kindOf } from './kinds.ts';
import { parsePerson } from './maintainers-person.ts';
import type { PolicyPatch } from './policy-patch.ts';

/** A trailer of a commit that names a person, or tries to. */
export interface CommitTag {
  /** Canonical where the kind is known, else as written. */
  readonly kind: string;
  readonly person: Address | null;
  readonly value: string;
  readonly area: string | null;
}

const LINE = /^([A-Za-z][A-Za-z-]{1,40})[ \t]?:[ \t]*(\S.{0,400})$/;

/**
 * The trailers about people in a commit message. Committers put them into any of the last paragraphs, so every line at column 0
 * is looked at. What stands above an `Origin:` line belongs to the project that the change was taken from
 * (Xen's docs/process/sending-patches).
 */
export function commitTags(message: string): readonly CommitTag[] {
  const lines = message
    .slice(0, 1 << 20)
    .split('\n')
    .slice(1);
  const own = lines.slice(lines.findLastIndex((line) => /^Origin:\s/i.test(line)) + 1);
  return own.flatMap((line): CommitTag[] => {
    const found = LINE.exec(line.trimEnd());
    if (found === null) return [];
    const [, token = '', value = ''] = found;
    const kind = kindOf(token)?.kind ?? (/-by$/i.test(token) ? token : null);
    if (kind === null) return [];
    const tail = /<[^<>]*>\s*(?:#\s*(.+)|\[(.+)\]|\((.+)\))$/.exec(value);
    return [{ kind, person: parsePerson(value), value, area: tail?.[1] ?? tail?.[2] ?? tail?.[3] ?? null }];
  });
}

/**
 * A commit as the policy sees it. Who commits his own work vouches for it as a Signed-off-by does: reverts, which git writes, have none.
 * @param date ISO 8601 of the commit
 */
export function policyPatchOf(commit: {
  readonly author: Address;
  readonly committer: Address;
  readonly paths: readonly string[];
  readonly message: string;
  readonly date: string;
}): PolicyPatch {
  const tags = commitTags(commit.message);
  const own = commit.author.email.toLowerCase() === commit.committer.email.toLowerCase();
  const signed = tags.flatMap(({ kind, person }) => (kind === 'Signed-off-by' && person !== null ? [person] : []));
  return {
    author: commit.author,
    paths: commit.paths,
    signers: signed.length === 0 && own ? [commit.author] : signed,
    tags: tags.flatMap(({ kind, person, area }) =>
      person === null ? [] : [{ kind, ...person, area, status: 'in-patch' as const, date: commit.date }],
    ),
  };
}
