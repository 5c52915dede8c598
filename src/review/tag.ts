import type { Address } from '../mail/message.ts';

/** given: counts; in-patch: stands in the patch's own text; carried: given on an earlier version of the unchanged patch. The others never count. */
export type TagStatus = 'given' | 'in-patch' | 'carried' | 'conditional' | 'objection' | 'withdrawn' | 'doubtful';

/** Whether the tag names the one who sent it. */
export type TagSender = 'same' | 'other-address' | 'other-person';

/** What somebody said of a patch, with the evidence. The JSON form of the command line uses these names with snake_case. */
export interface Tag {
  /** Canonical spelling: `Reviewed-by`. */
  readonly kind: string;
  readonly name: string;
  readonly email: string;
  /** Everything after the colon, as written. */
  readonly value: string;
  /** Text after `#`, or null. */
  readonly area: string | null;
  /** Message that said it; the patch's own for in-patch. */
  readonly givenIn: string;
  /** ISO 8601 with zone. */
  readonly date: string;
  readonly status: TagStatus;
  readonly sender: TagSender;
  /** DKIM verdict of `givenIn` at receipt, or null where none was looked at. */
  readonly dkim: string | null;
  /** Message-ID of the earlier patch that it was given on, or null. */
  readonly carriedFrom: string | null;
  /** Why it has this status, in words, e.g. `reply to the cover: counts for all patches`. */
  readonly why: string;
}

/** Statuses that `am` and the mirror put into commits. */
export const COUNTING: ReadonlySet<TagStatus> = new Set(['given', 'in-patch', 'carried']);

/** What one mail says in tags, before it is known which patch it is about. Made once from the mail's own text and kept. */
export interface Remark {
  readonly kind: string;
  readonly name: string;
  readonly email: string;
  readonly value: string;
  readonly area: string | null;
  readonly line: string;
  readonly conditional: string | null;
  /** line: by the grammar; inline: at the end of a few words; shorthand: "R-b:"; words: "Looks good to me". */
  readonly form: 'line' | 'inline' | 'shorthand' | 'words';
  /** `null`: no word on scope; `series`: "for the series"; numbers: "for patches 1-3 and 5". */
  readonly scope: 'series' | readonly number[] | null;
}

/** Tags of one series: cover tags apart, then by patch Message-ID. */
export interface SeriesTags {
  readonly cover: readonly Tag[];
  readonly patches: ReadonlyMap<string, readonly Tag[]>;
}

/** Whether a series can be committed, or what is missing. */
export interface Readiness {
  readonly state: 'ready' | 'waiting' | 'blocked' | 'unknown';
  /** Each in words: `patch 2: no Acked-by or Reviewed-by by somebody other than the author`. */
  readonly missing: readonly string[];
  /** The verdict behind it; absent where it was made before there was one. */
  readonly verdict?: PolicyVerdict;
}

/** Which rule of the policy a need comes from. */
export type NeedRule =
  | 'arrival'
  | 'rfc'
  | 'applies'
  | 'objection'
  | 'maintainer'
  | 'other'
  | 'sign-off'
  | 'release-ack'
  | 'tree'
  | 'check'
  | 'time';

/** One thing that is missing. */
export interface Need {
  readonly rule: NeedRule;
  /** Number of the patch, or null where it stops the whole series. */
  readonly patch: number | null;
  /** As in `Readiness.missing`. */
  readonly text: string;
  /** As what somebody can give it. */
  readonly role: 'author' | 'maintainer' | 'reviewer' | 'release-manager' | 'committer' | 'nobody';
  /** Each of them can; empty where it is anybody in that role. */
  readonly who: readonly Address[];
  /** Since when it waits, epoch ms. */
  readonly since: number;
  /** Files that it is about. */
  readonly files: readonly string[];
}

/** Where one patch stands. */
export interface PatchVerdict {
  readonly index: number;
  readonly msgid: string;
  readonly ready: boolean;
  /** Who approved its files: the most specific maintainer of each, or a more general one for some; null where not each is approved, or nobody is asked. */
  readonly by: 'specific' | 'general' | null;
  /** Files that a more general maintainer approved. */
  readonly general: readonly string[];
}

/** The policy's verdict for a series. */
export interface PolicyVerdict {
  readonly patches: readonly PatchVerdict[];
  /** So many of its first patches can go in already. */
  readonly prefix: number;
  readonly by: PatchVerdict['by'];
  readonly needs: readonly Need[];
}
