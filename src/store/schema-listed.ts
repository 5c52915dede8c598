import type { Flag, Id } from './schema.ts';

/** Patchwork's states, by slug: number and name are those that it ships with. */
export const PATCH_STATES = {
  new: { id: 1, name: 'New' },
  'under-review': { id: 2, name: 'Under Review' },
  accepted: { id: 3, name: 'Accepted' },
  rejected: { id: 4, name: 'Rejected' },
  rfc: { id: 5, name: 'RFC' },
  'not-applicable': { id: 6, name: 'Not Applicable' },
  'changes-requested': { id: 7, name: 'Changes Requested' },
  'awaiting-upstream': { id: 8, name: 'Awaiting Upstream' },
  superseded: { id: 9, name: 'Superseded' },
  deferred: { id: 10, name: 'Deferred' },
} as const satisfies Readonly<Record<string, { readonly id: number; readonly name: string }>>;

/** Slug of a state. */
export type PatchState = keyof typeof PATCH_STATES;

/** other: a mail that is none of the three, kept for the archive's search; gone: no mail of today has this number. */
export type PostingKind = 'patch' | 'cover' | 'comment' | 'other' | 'gone';

/** Patchwork's words for what happens. */
export type EventCategory =
  | 'cover-created'
  | 'patch-created'
  | 'patch-completed'
  | 'patch-state-changed'
  | 'patch-delegated'
  | 'check-created'
  | 'series-created'
  | 'series-completed'
  | 'cover-comment-created'
  | 'patch-comment-created';

/** Numbers of projects in the APIs. */
export interface ProjectNumberTable {
  id: Id;
  name: string;
}

/** Somebody whose mail was seen, or who has an account: one row an address. Numbers stay, whatever is derived again. */
export interface PersonTable {
  id: Id;
  /** Lower case. */
  email: string;
  name: string;
}

/** The number of a series in the APIs, with what lists of series sort and filter by. Rows stay, so that numbers do. */
export interface ListedSeriesTable {
  id: Id;
  project: string;
  key: string;
  msgid: string;
  /** 0 where no series of today has this number. */
  live: Flag;
  name: string;
  person: number;
  posted: number;
  version: number;
}

/** The number of a mail in the APIs, one row for each project that has it, with what lists sort and filter by. Rows stay, so that numbers do. */
export interface PostingTable {
  id: Id;
  /** Empty: of no project. */
  project: string;
  msgid: string;
  kind: PostingKind;
  /** Message-ID of the patch or cover that a comment is about. */
  about: string | null;
  /** Subject as Patchwork names a patch: `[v2,1/3] x86: fix`. */
  name: string;
  /** Words of the subject, lower case, between single blanks. */
  words: string;
  person: number;
  posted: number;
  /** `diffHash`. */
  hash: string | null;
  patch_id: string | null;
  /** What mail and upstream's branches say. */
  derived_state: PatchState;
  /** What somebody has set, else `derived_state`. */
  state: PatchState;
  archived: Flag;
  /** Person, as set. */
  delegate: number | null;
}

/** What people have set of a patch; null: nobody has. Truth as mail is: it outlives a rebuild. */
export interface PatchMarkTable {
  project: string;
  msgid: string;
  state: PatchState | null;
  archived: Flag | null;
  /** Address of the person who shall look after it, lower case. */
  delegate: string | null;
  commit_ref: string | null;
  /** Name of the token by which it was set last. */
  by: string;
  at: number;
}

/** Patches that somebody has put together. */
export interface BundleTable {
  id: Id;
  project: string;
  name: string;
  /** Person. */
  owner: number;
  public: Flag;
}

/** What is in a bundle, and where. */
export interface BundlePatchTable {
  bundle: number;
  position: number;
  posting: number;
}

/** What has happened, in order, for those who poll. `document` is JSON of what the tables do not tell any more. */
export interface EventTable {
  id: Id;
  project: string;
  category: EventCategory;
  at: number;
  posting: number | null;
  /** Number of the series. */
  series: number | null;
  /** Person, null where nobody did it. */
  actor: number | null;
  document: string;
}

/** The tables of what the APIs number and list. */
export interface ListedSchema {
  project_number: ProjectNumberTable;
  person: PersonTable;
  listed_series: ListedSeriesTable;
  posting: PostingTable;
  patch_mark: PatchMarkTable;
  bundle: BundleTable;
  bundle_patch: BundlePatchTable;
  event: EventTable;
}
