/** Where a commit says that it comes from, and what it says of itself. */
export interface CommitOrigin {
  /** Ids of the commits of the main branch that it was taken from, as written, lower case. */
  readonly origins: readonly string[];
  /** Numbers of `XSA-`. */
  readonly advisories: readonly number[];
  /** `CVE-2017-12137`. */
  readonly cves: readonly string[];
  /** Ids of `Fixes:`, as written. */
  readonly fixes: readonly string[];
  /** Branches of `Backport:`: `4.16`; `4.16+` means that one and all later. */
  readonly backports: readonly string[];
  /** `Revert "…"`: the id that the message names, else empty; null where it is no revert. */
  readonly reverts: string | null;
}

const ORIGIN =
  /^\s{0,4}\(cherry picked from commit ([0-9a-f]{7,64})|^(?:master|staging|upstream) commit:\s*([0-9a-f]{7,64})/gim;
/** Xen's commits say "This is part of XSA-226 / CVE-2017-12135."; other mentions are about older ones. */
const ADVISORY = /^This is\b.{0,200}$/gm;

function all(message: string, pattern: RegExp): readonly string[] {
  return [...message.matchAll(pattern)].flatMap(([, ...groups]) => groups.find((group) => group !== undefined) ?? []);
}

/**
 * Reads the lines of a commit message that link it to other commits and to security advisories. Backports are marked in two ways:
 * `git cherry-pick -x`, and Xen's `master commit:` below the trailers.
 */
export function commitOrigin(message: string): CommitOrigin {
  const text = message.slice(0, 1 << 20);
  const security = (text.match(ADVISORY) ?? []).filter((line) => line.includes('XSA-')).join('\n');
  const revert = /^Revert\b/i.test(text)
    ? (/\b(?:reverts|revert of) commit ([0-9a-f]{7,64})/i.exec(text)?.[1] ?? '')
    : null;
  return {
    origins: [...new Set(all(text, ORIGIN).map((id) => id.toLowerCase()))],
    advisories: [...new Set(all(security, /\bXSA-(\d{1,5})\b/g).map(Number))],
    cves: [...new Set(security.match(/\bCVE-\d{4}-\d{4,7}\b/g) ?? [])],
    fixes: [...new Set(all(text, /^Fixes:\s*(?:commit\s+)?([0-9a-f]{7,64})\b/gim).map((id) => id.toLowerCase()))],
    backports: [...new Set(all(text, /^Backport:\s*(?:all|to|[^\d\n]{0,20})?\s*(\d{1,3}\.\d{1,3}\+?)/gim))],
    reverts: revert,
  };
}
