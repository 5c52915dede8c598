import type { BundleWish } from '../store/bundles.ts';
import type { PatchMarkChange } from '../store/patch-marks.ts';
import type { Posting } from '../store/postings.ts';
import type { ChecksPost } from './checks-api.ts';
import type { Token } from './tokens.ts';

/** Somebody who can be named in an API: who has a token, the maintainers of a project, the bot. */
export interface ApiUser {
  readonly name: string;
  /** Lower case. */
  readonly email: string;
}

/** A stored mail in the parts that an API gives. */
export interface MailParts {
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly content: string;
  readonly diff: Uint8Array | null;
}

/** A result for a patch, and who posts it. */
export interface PatchCheck extends ChecksPost {
  /** Null: whichever project has it. */
  readonly project: string | null;
  readonly token: Token;
}

/** What the APIs need beside the store, passed in so that tests own it. */
export interface ApiOptions {
  /** How readers reach this server, without a slash at the end; null: as they have asked. */
  readonly url: string | null;
  readonly users: readonly ApiUser[];
  readonly tokens: readonly Token[];
  /** Mails for `git am`, with the tags that count. Null: not known. */
  readonly patchMbox: (project: string, msgid: string, before: boolean) => Promise<AsyncIterable<Uint8Array> | null>;
  readonly seriesMbox: (project: string, key: string) => Promise<AsyncIterable<Uint8Array> | null>;
  readonly mailParts: (msgid: string) => Promise<MailParts | null>;
  /** What `patchloom show --json` says of a change (in a project, or in that of its newest version) or a mail. Null: not known. */
  readonly changeView: (change: string, project: string | null) => Promise<object | null>;
  readonly mailView: (msgid: string) => Promise<object | null>;
  /** Null: kept; else why not. */
  readonly keepCheck: (check: PatchCheck) => Promise<string | null>;
  readonly setPatch: (posting: Posting, change: PatchMarkChange, token: Token) => Promise<void>;
  /** The bundle's number, null where its owner has another of that name. */
  readonly keepBundle: (id: number | null, wish: BundleWish) => Promise<number | null>;
  readonly dropBundle: (id: number) => Promise<void>;
}
