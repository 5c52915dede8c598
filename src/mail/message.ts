/** A mailbox of RFC 5322 §3.4: display name (may be empty) and address as written. */
export interface Address {
  readonly name: string;
  readonly email: string;
}

/** One leaf of a MIME message that was not shown as the body. */
export interface Attachment {
  readonly filename: string;
  /** Lower case media type, e.g. `text/x-patch`. */
  readonly type: string;
  readonly content: Uint8Array;
}

/**
 * One mail, read once from its raw bytes and never changed.
 *
 * `text` is for people and tags (un-flowed, decoded to Unicode); `body` is for diffs: the decoded bytes of the first text part
 * exactly as sent, because un-flowing and footers break patches.
 */
export interface Message {
  /** Message-ID verbatim with its angle brackets; a mail without one gets `<sha256-of-raw@no-message-id.invalid>`. */
  readonly msgid: string;
  /** SHA-256 of the raw bytes with CRLF folded to LF, lower case hex. */
  readonly hash: string;
  /** In-Reply-To, or null. The first msg-id when the header carries several. */
  readonly inReplyTo: string | null;
  /** References, oldest first, without repeats, at most 100 (the first and the last 99). */
  readonly references: readonly string[];
  /** Who wrote it: From, with list munging ("X via list") undone. */
  readonly from: Address;
  /** From exactly as the header says. */
  readonly fromHeader: Address;
  readonly to: readonly Address[];
  readonly cc: readonly Address[];
  readonly replyTo: readonly Address[];
  /** Decoded (RFC 2047) and unfolded. */
  readonly subject: string;
  /** The Date header as ISO 8601 with the writer's zone, e.g. `2024-06-28T15:31:13+01:00`; the time of posting in UTC where Date is missing or unreadable. */
  readonly date: string;
  /** When the list got it, epoch milliseconds: the list's own Received line, else Date. */
  readonly posted: number;
  /** List-Id values without angle brackets, lower case, e.g. `xen-devel.lists.xenproject.org`. */
  readonly listIds: readonly string[];
  /** The body and other inline text/plain parts as Unicode, format=flowed undone for unquoted lines, HTML never. */
  readonly text: string;
  /** Decoded bytes (transfer encoding undone, charset kept, CRLF folded to LF) of the first text/plain part. */
  readonly body: Uint8Array;
  /** True where the part of `body` says format=flowed (RFC 3676): its lines must be un-stuffed before a diff is read from them. */
  readonly flowed: boolean;
  /** Charset that `body` is really in, lower case, always one that TextDecoder knows; `utf-8` where none is given. */
  readonly charset: string;
  readonly attachments: readonly Attachment[];
  /** True for mail that no program may answer: Auto-Submitted other than `no`, Precedence bulk/junk without a list, null return path, our own. */
  readonly automatic: boolean;
  /** What was odd about the mail, in plain words ("no Date header", "unknown charset y"); empty for most. */
  readonly oddities: readonly string[];
}
