import type { Address } from '../mail/message.ts';

/**
 * applied: commits and ref exist; already: all that it does is there, so there is nothing to commit; conflict: git says that it
 * does not apply; refused: hostile or unreadable; error: the machine's fault, tried again.
 */
export type MirrorState = 'applied' | 'already' | 'conflict' | 'refused' | 'error';

/**
 * Who made the commits: the engine in this process; the engine with a three-way merge of some files; `git am`, where the engine
 * was not certain to do as git does, or where only git's own three-way merge helped.
 */
export type MirrorStep = 'engine' | 'merge' | 'git-am';

/** One patch with everything that goes into its commit. */
export interface MirrorPatch {
  readonly index: number;
  readonly msgid: string;
  readonly title: string;
  readonly author: Address;
  /** ISO 8601 with zone. */
  readonly authorDate: string;
  /** Commit message with the counting tags in place; ends with a newline. */
  readonly message: string;
  /** Bytes of the diff as latin1 text. */
  readonly diff: string;
  /** As `Patch.repaired`; false where not given. */
  readonly repaired?: boolean;
}

export interface MirrorRequest {
  readonly project: string;
  /** `Series.key`. */
  readonly key: string;
  readonly msgid: string;
  readonly version: number;
  readonly revision: number;
  readonly subject: string;
  readonly date: string;
  /** `base-commit:` of the series, or null. */
  readonly baseCommit: string | null;
  /** `4.19`, or null. */
  readonly target: string | null;
  readonly patches: readonly MirrorPatch[];
  /** Tips of other series that this one may stand on: what its `Based-on:` lines name, and what its author has in flight. */
  readonly others?: readonly Base[];
}

/** Which commit it was applied on, and the rule that chose it. */
export interface Base {
  /**
   * Rules in the order in which they are tried; `nearest` is the newest commit of the branch on which it applies where it does
   * not as the branch was when the mail was written.
   */
  readonly rule:
    | 'asked'
    | 'prerequisite'
    | 'base-commit'
    | 'based-on'
    | 'target-branch'
    | 'default-branch'
    | 'nearest'
    | 'in-flight';
  /** Branch or commit as named. */
  readonly name: string;
  readonly commit: string;
}

/** Why a patch does not apply. */
export interface Conflict {
  readonly index: number;
  readonly msgid: string;
  /** Empty where git names no file. */
  readonly file: string;
  /** First line of the hunk that failed, 0 where unknown. */
  readonly line: number;
  /** What git says of it. */
  readonly detail: string;
  /** The place and its history; left out where a file as a whole does not fit, or where only git has looked. */
  readonly place?: ConflictPlace;
  /** True where the series seems to be for another repository: nothing that it changes is or was here. */
  readonly elsewhere?: boolean;
}

/** Where a hunk does not fit. Lines are Unicode, without line ends; 40 at most. */
export interface ConflictPlace {
  /** Number of the hunk in its file, from 1. */
  readonly hunk: number;
  /** The lines that the hunk expects, context and removed ones. */
  readonly expected: readonly string[];
  /** The lines that are there, where most of the expected ones are, beginning at `firstLine`. */
  readonly there: readonly string[];
  readonly firstLine: number;
  /** The last commits that touched those lines since the author's version of the file, newest first. */
  readonly commits: readonly { readonly commit: string; readonly subject: string }[];
  /** The newest commit of the branch on which the series applies; null where none is near. */
  readonly fits: Base | null;
}

export interface MirrorResult {
  readonly state: MirrorState;
  readonly base: Base | null;
  /** Full name, `refs/heads/patchloom/…`; null unless applied. */
  readonly ref: string | null;
  /** How it was made, or tried last; null where it was not tried. */
  readonly step: MirrorStep | null;
  /** Why it was not the engine alone, and which mails had to be repaired, in words; empty where there is nothing to say. */
  readonly because: string;
  /**
   * The commit after each patch, in order; those before the conflict where it does not apply. After a patch whose work is
   * there already, that is the commit before it.
   */
  readonly commits: readonly string[];
  /** Tree id of each of `commits`. */
  readonly trees: readonly string[];
  readonly tip: string | null;
  readonly tree: string | null;
  /** Numbers of the patches whose work is there already; they give no commit. */
  readonly already: readonly number[];
  readonly conflict: Conflict | null;
  /** In words; empty where applied. */
  readonly reason: string;
  /** The branch with the tags that have come since it was applied; absent where there is none. */
  readonly acked?: string;
  /** When its refs were taken off the remotes, ISO 8601; absent where they are there. */
  readonly expired?: string;
  /** Whether what upstream lacks of it applies on the branch as it was last seen; absent where that was not tried. */
  readonly onTip?: Fit;
}

/** Whether a series applies, without anything being made of it. */
export interface Fit {
  /** `applied` stands for "would apply"; `unknown`: only git itself could tell, `Mirror.apply` asks it. */
  readonly state: MirrorState | 'unknown';
  readonly base: Base | null;
  /** Numbers of the patches whose work is there already. */
  readonly already: readonly number[];
  readonly conflict: Conflict | null;
  /** In words; empty where it applies. */
  readonly reason: string;
}

/** The git side of one project. */
export interface GitProject {
  readonly project: string;
  /** Upstream URL or path that is fetched. */
  readonly upstream: string;
  /** Remotes that refs are pushed to; empty: they stay in the bot's own repository. */
  readonly publish: readonly string[];
  /** Default branch, e.g. `staging`. */
  readonly branch: string;
  /** Branch for a named target: `{target}` is replaced, e.g. `staging-{target}`; the default branch where it does not exist. */
  readonly targetBranch: string | null;
  /** Committer of the mirrored commits. */
  readonly committer: Address;
  /** Folders taken off file names, as `git am -p`; 1 where not given. */
  readonly strip?: number;
  /** Path of the SSH key that signs commits; unsigned where null or not given. */
  readonly sign?: string | null;
  /** Project of the same family whose repository is made use of for what it has; see `borrowFrom`. */
  readonly borrow?: string | null;
  /** Whether another project borrows from this one: then nothing may ever go from it. */
  readonly lends?: boolean;
  /** Bytes that repository and bundles may take together; any number where null or not given. */
  readonly disk?: number | null;
}
