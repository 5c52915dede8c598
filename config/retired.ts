import type { Path } from './document.ts';

/** A key that a file of an earlier version may hold. */
interface Retired {
  /** Its path with dots; `*` stands for any one name or place in a list. */
  readonly path: string;
  /** What to write in its place, one line. */
  readonly now: string;
}

/** Every key that had another form once. One line here, and whoever upgrades is told; a line stays for good. */
export const RETIRED: readonly Retired[] = [
  {
    path: 'web.checks_token',
    now: 'write web.tokens: [{name: ci, email: ci@example.org, hash: "sha256:…", may: [checks]}]; the hash of the same token is that of: printf %s "$TOKEN" | sha256sum',
  },
];

/** What to write in place of the key at `path`; null where it was never one. */
export function newFormOf(path: Path): string | null {
  const fits = (pattern: readonly string[]): boolean =>
    pattern.length === path.length && pattern.every((step, at) => step === '*' || step === String(path[at]));
  return RETIRED.find((one) => fits(one.path.split('.')))?.now ?? null;
}
