import type { Address } from '../mail/message.ts';

/** held: something is missing or unreadable; complete: all patches are there; superseded: a later version is complete. */
export type SeriesState = 'held' | 'complete' | 'superseded';

export interface SeriesPatch {
  /** n of n/m, from 1. */
  readonly index: number;
  readonly total: number;
  readonly msgid: string;
  /** Title without bracketed parts. */
  readonly subject: string;
  readonly author: Address;
  readonly date: string;
  readonly contentHash: string;
  /** `git patch-id --stable`, or null. */
  readonly patchId: string | null;
  readonly paths: readonly string[];
}

/** One posted version: cover and patches. Derived from the set of messages alone. */
export interface Series {
  readonly project: string;
  /** Name of the change that all versions share: a slug of the title and 8 hex digits; the same whatever the order of arrival. */
  readonly change: string;
  readonly version: number;
  /** 1 for `v2.1`. */
  readonly revision: number;
  readonly resend: boolean;
  readonly rfc: boolean;
  /** Cover's Message-ID, else the lowest patch's. */
  readonly msgid: string;
  readonly cover: string | null;
  readonly subject: string;
  readonly author: Address;
  /** ISO 8601 with zone, of `msgid`. */
  readonly date: string;
  /** Time of posting of the last of its patches to arrive on the list, epoch ms. */
  readonly posted: number;
  readonly state: SeriesState;
  readonly complete: boolean;
  /** Numbers of the patches that have not been seen. */
  readonly missing: readonly number[];
  /** As named by the subject (`4.19`), or null for the project's default branch. */
  readonly target: string | null;
  /** Message-ID of the version that this one replaces, or null. */
  readonly supersedes: string | null;
  /** Why it is a version of the same work as others, each in words: `same author and title as v1`. */
  readonly linked: readonly string[];
  readonly patches: readonly SeriesPatch[];
  /** Identity of the work: SHA-256 over the ordered patch Message-IDs. Mirror, checks and reports hang on it, because a late cover must not change it. */
  readonly key: string;
}

/** One name for a series among those of all projects: a mail that was sent to two lists is part of a series in each. */
export function seriesId({ project, key }: Pick<Series, 'project' | 'key'>): string {
  return `${project} ${key}`;
}

/** Where one mail ended, and why. Law 4: every mail has one. */
export interface Disposition {
  readonly msgid: string;
  readonly kind: 'patch' | 'cover' | 'reply' | 'pull-request' | 'automatic' | 'not-ours' | 'held' | 'broken' | 'other';
  readonly project: string | null;
  /** Series (its msgid) that it belongs or replies to, or null. */
  readonly series: string | null;
  /** The patch or cover that a reply is about, or null. */
  readonly about: string | null;
  /** True where `about` was found by subject and author. */
  readonly bySubject?: true;
  /** In words a maintainer understands, e.g. `patch 3/7 of v2; held: 5/7 has not arrived`. */
  readonly reason: string;
}

/** How mail is routed to one project. */
export interface ProjectRules {
  readonly name: string;
  /** Addresses or List-Ids of its lists, lower case. Empty = any list. */
  readonly lists: readonly string[];
  /** Subject words that name it (`MINI-OS`), upper case. */
  readonly prefixes: readonly string[];
  /** Takes the patches of its lists that name no other project. */
  readonly fallback: boolean;
  /** Groups of addresses that are one person's, lower case. */
  readonly aliases?: readonly (readonly string[])[];
  /** Tags in shorthand ("R-b:") count. */
  readonly shorthand?: boolean;
}
