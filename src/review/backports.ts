import type { Address } from '../mail/message.ts';
import { normalTitle } from '../series/title.ts';
import { commitOrigin } from './commit-origin.ts';

/** A commit as far as backports go. */
export interface BackportCommit {
  /** Full id. */
  readonly commit: string;
  readonly title: string;
  readonly message: string;
  readonly author: Address;
  /** ISO 8601. */
  readonly committed: string;
}

/** Somebody asked in a mail for a commit in a stable branch. */
export interface BackportRequest {
  /** As written: at least 7 digits of the id. */
  readonly commit: string;
  readonly msgid: string;
  readonly from: Address;
}

/** Why a commit may be wanted in a stable branch. */
export type BackportReason =
  | { readonly kind: 'tag'; readonly value: string }
  | { readonly kind: 'fixes'; readonly commit: string }
  | { readonly kind: 'security'; readonly advisories: readonly number[] }
  | { readonly kind: 'request'; readonly msgid: string; readonly from: Address };

/** A commit of the main branch that may be wanted in a stable one. */
export interface BackportCandidate {
  readonly commit: string;
  readonly title: string;
  readonly author: Address;
  readonly committed: string;
  readonly reasons: readonly BackportReason[];
  /** The commit of the stable branch that is it already, or null. */
  readonly there: string | null;
  /** A later commit of the main branch that takes it back, or null. */
  readonly reverted: string | null;
}

/** What candidates are found from. */
export interface BackportInput {
  /** `4.19`. */
  readonly version: string;
  /** Commits of the main branch that the stable one has not, newest first. */
  readonly main: readonly BackportCommit[];
  /** Commits of the stable branch that the main one has not. */
  readonly stable: readonly BackportCommit[];
  /** Full id behind an id as written, or null; and whether both branches have the commit. */
  readonly resolve: (id: string) => string | null;
  readonly shared: (commit: string) => boolean;
  readonly requests: readonly BackportRequest[];
}

/** `4.16` is for that branch, `4.16+` for it and all later ones. */
export function isForVersion(tag: string, version: string): boolean {
  const wanted = tag.replace(/\+$/, '');
  if (wanted === version) return true;
  if (!tag.endsWith('+')) return false;
  const [one, other] = [wanted, version].map((text) => text.split('.').map(Number));
  const [major = 0, minor = 0] = one ?? [];
  const [ownMajor = 0, ownMinor = 0] = other ?? [];
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}

/** The commits of the stable branch by the main branch's commit that they say they are, and by title. */
function alreadyThere({ stable, resolve }: BackportInput): (commit: BackportCommit) => string | null {
  const byOrigin = new Map<string, string>();
  const byTitle = new Map<string, string>();
  for (const one of stable) {
    const { origins } = commitOrigin(one.message);
    for (const origin of origins) byOrigin.set(resolve(origin) ?? origin, one.commit);
    if (origins.length === 0) byTitle.set(`${one.author.email.toLowerCase()}\n${normalTitle(one.title)}`, one.commit);
  }
  return ({ commit, title, author }) =>
    byOrigin.get(commit) ?? byTitle.get(`${author.email.toLowerCase()}\n${normalTitle(title)}`) ?? null;
}

function requestsByCommit({ requests, resolve }: BackportInput): ReadonlyMap<string, readonly BackportReason[]> {
  const found = new Map<string, BackportReason[]>();
  for (const { commit, msgid, from } of requests) {
    const full = resolve(commit);
    if (full === null) continue;
    const list = found.get(full) ?? [];
    if (!list.some((one) => one.kind === 'request' && one.msgid === msgid)) list.push({ kind: 'request', msgid, from });
    found.set(full, list);
  }
  return found;
}

/**
 * Commits of the main branch that a stable branch may want: those that say so (`Backport:`), those that were asked for in mail, those
 * that belong to a security advisory, and those that mend (`Fixes:`) what the branch has, be it from before it was made, by an earlier backport, or by another candidate. Oldest
 * first. A commit that the branch has already is among them, with the branch's commit.
 */
export function backportCandidates(input: BackportInput): readonly BackportCandidate[] {
  const there = alreadyThere(input);
  const asked = requestsByCommit(input);
  const candidates = new Map<string, BackportCandidate>();
  const inBranch = new Set<string>();
  const reverts = new Map<string, string>();
  for (const one of input.main.toReversed()) {
    const { fixes, backports, advisories, reverts: revert } = commitOrigin(one.message);
    const full = revert === null || revert === '' ? null : input.resolve(revert);
    if (full !== null) reverts.set(full, one.commit);
    const mended = fixes.flatMap((id) => input.resolve(id) ?? []);
    const reasons: BackportReason[] = [
      ...backports.filter((tag) => isForVersion(tag, input.version)).map((value) => ({ kind: 'tag' as const, value })),
      ...(asked.get(one.commit) ?? []),
      ...(advisories.length === 0 ? [] : [{ kind: 'security' as const, advisories }]),
      ...mended
        .filter((id) => input.shared(id) || inBranch.has(id) || candidates.has(id))
        .map((commit) => ({ kind: 'fixes' as const, commit })),
    ];
    const own = there(one);
    if (own !== null) inBranch.add(one.commit);
    if (reasons.length === 0) continue;
    const { commit, title, author, committed } = one;
    candidates.set(commit, { commit, title, author, committed, reasons, there: own, reverted: null });
  }
  return [...candidates.values()].map((one) => ({ ...one, reverted: reverts.get(one.commit) ?? null }));
}

const REQUESTED = /^[ \t>*-]{0,6}(?:commit\s+)?([0-9a-f]{7,40})\b[ \t]*[("'“‘:,-]?/i;

/**
 * Commits that a mail names as list entries: an id at the start of a line with the title behind it, as people answer Xen's calls for
 * backports ("preparations for 4.19.1"). Quoted lines are somebody else's.
 */
export function requestedCommits(text: string): readonly string[] {
  const lines = text.slice(0, 200_000).split('\n').slice(0, 5000);
  const ids = lines.flatMap((line) => {
    const id = /^\s*>/.test(line) ? undefined : REQUESTED.exec(line)?.[1];
    // A word of letters a to f is none, and neither is a number.
    return id !== undefined && /\d/.test(id) && /[a-f]/i.test(id) ? id.toLowerCase() : [];
  });
  return [...new Set(ids)];
}

/** Whether a subject is about backports to a version: `preparations for 4.19.1`, `backport of … to 4.19`. */
export function isBackportTalk(subject: string, version: string): boolean {
  const text = subject.slice(0, 500);
  if (!/\bbackports?\b|\bpreparations? for\b|\bstable\b/i.test(text)) return false;
  return new RegExp(`(?<![\\d.])${version.replaceAll('.', String.raw`\.`)}(?!\\d)`).test(text);
}
