import type { Address } from '../mail/message.ts';
import type { PatchSubject } from '../patch/patch.ts';

/**
 * What the series stage needs to know of one message. Small, made once from the raw mail and kept, so that a thread is derived
 * again without reading its mails again.
 */
export interface Entry {
  readonly msgid: string;
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
  readonly from: Address;
  readonly recipients: readonly Address[];
  readonly listIds: readonly string[];
  readonly subject: string;
  readonly parsed: PatchSubject;
  readonly date: string;
  readonly posted: number;
  readonly automatic: boolean;
  /** Null where the mail has no diff of its own. */
  readonly patch: EntryPatch | null;
  /** `change-id:` (b4) in cover or patch, or null. */
  readonly changeId: string | null;
  /** Why the mail could not be read as what it claims to be, or null. */
  readonly broken: string | null;
}

export interface EntryPatch {
  readonly title: string;
  readonly author: Address;
  readonly contentHash: string;
  readonly paths: readonly string[];
}
