import type { Address, Message } from '../mail/message.ts';
import { diffHash } from '../patch/diff-hash.ts';
import type { Patch, PatchSubject } from '../patch/patch.ts';

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
  /** `git patch-id --stable`, or null. */
  readonly patchId: string | null;
  /** `diffHash`; left out of what was kept before it was known. */
  readonly diffHash?: string;
  readonly paths: readonly string[];
  /** Has a Signed-off-by among its trailers. */
  readonly signed: boolean;
}

/** `change-id:` as b4 writes it below the text of a cover or patch; what follows the id on its line is not part of it. */
function findChangeId(text: string): string | null {
  return /^change-id:[ \t]{0,4}([A-Za-z0-9][\w.:-]{5,199})[ \t\r]*$/m.exec(text)?.[1] ?? null;
}

/** A patch by its subject, but without a diff. A mail in somebody's thread may be an answer that lost its "Re:". */
function brokenReason(message: Message, parsed: PatchSubject, patch: Patch | null): string | null {
  if (patch !== null || !parsed.patch || parsed.reply || parsed.index === 0) return null;
  if (parsed.index === null && message.inReplyTo !== null) return null;
  const claim = parsed.index === null ? 'a patch' : `patch ${parsed.index}/${parsed.total ?? parsed.index}`;
  return `the subject says ${claim}, but no diff was found in the mail`;
}

/** Takes from a mail what the series stage needs. `parsed` and `patch` are those of the same mail. */
export function entryOf(message: Message, parsed: PatchSubject, patch: Patch | null): Entry {
  return {
    msgid: message.msgid,
    inReplyTo: message.inReplyTo,
    references: message.references,
    from: message.from,
    recipients: [...message.to, ...message.cc],
    listIds: message.listIds,
    subject: message.subject,
    parsed,
    date: message.date,
    posted: message.posted,
    automatic: message.automatic,
    patch:
      patch === null
        ? null
        : {
            title: patch.title,
            author: patch.author,
            contentHash: patch.contentHash,
            patchId: patch.patchId,
            diffHash: diffHash(patch.diff),
            paths: patch.paths,
            signed: patch.trailers.some(({ kind }) => kind.toLowerCase() === 'signed-off-by'),
          },
    changeId: parsed.reply ? null : findChangeId(message.text),
    broken: brokenReason(message, parsed, patch),
  };
}
