import type { Address } from '../mail/message.ts';

/** What the bracketed part of a subject says: `[XEN PATCH for-4.19 v2 3/7] x86: fix` and its relatives. */
export interface PatchSubject {
  /** Subject without reply prefixes, list names and bracketed parts. */
  readonly title: string;
  /** True where the subject starts with Re:, AW:, SV:, Antw:, … */
  readonly reply: boolean;
  /** True where a bracketed part says PATCH (or a form that the list uses for one). */
  readonly patch: boolean;
  /** 1 where none is given; `v2.1` is version 2, revision 1. */
  readonly version: number;
  readonly revision: number;
  /** n and m of n/m; null where the subject has none. 0 is the cover. */
  readonly index: number | null;
  readonly total: number | null;
  readonly rfc: boolean;
  readonly resend: boolean;
  /** Words of the bracketed parts that are none of the above, upper case: project words such as XEN, MINI-OS, XTF. */
  readonly words: readonly string[];
  /** Target as written, without `for-`/`stable-`: `4.19`; null where none is named. */
  readonly target: string | null;
}

/** One line of a trailer block: `Kind: value`, unfolded. */
export interface Trailer {
  readonly kind: string;
  readonly value: string;
}

/** A patch: what `git am` would make a commit of. Bytes of the diff are kept as latin1 text (one char = one byte). */
export interface Patch {
  /** The author that the commit gets: in-body From:, else the un-munged From. */
  readonly author: Address;
  /** ISO 8601 with zone: in-body Date:, else the Date header. */
  readonly authorDate: string;
  /** First line of the commit message. */
  readonly title: string;
  /** Whole commit message, title first, ends with one newline, cut at `---`. Unicode. */
  readonly message: string;
  /** What its author says to reviewers between `---` and the diff, as `v2: …`, without the statistics; may be empty. Unicode. */
  readonly notes: string;
  /** Trailers at the end of `message`. */
  readonly trailers: readonly Trailer[];
  /** The diff's bytes as latin1 text, from its first file header to the end of its last hunk. */
  readonly diff: string;
  /** Paths touched, new names first, without the `a/` and `b/`. */
  readonly paths: readonly string[];
  /** Equal for the same change whatever the form of the diff (git, quilt, Index:, CRLF, cut hunk headings): SHA-256 hex over paths and +/- lines. */
  readonly contentHash: string;
  /** What `git patch-id --stable` says; null where git says nothing, as of a diff without `diff` lines. */
  readonly patchId: string | null;
  /** `base-commit:` line of format-patch --base, or null. */
  readonly baseCommit: string | null;
  /** True where the mail says format=flowed and is not: it was read as it was sent. */
  readonly repaired: boolean;
}
