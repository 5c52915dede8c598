import { type Message } from '../src/mail/message.ts';
import { messageHash, namelessId, parseMessage } from '../src/mail/parse.ts';
import { patchOf } from '../src/patch/mailed-patch.ts';
import type { Patch, PatchSubject } from '../src/patch/patch.ts';
import { parseSubject } from '../src/patch/subject.ts';
import { remarksOf } from '../src/review/remarks.ts';
import { entryOf } from '../src/series/entry.ts';
import type { Digest, ParsedCopy } from '../src/store/messages.ts';
import { mailWords } from '../src/store/words.ts';

/** Of a mail over the limit only this much is read: enough for any header. */
const HEAD_BYTES = 64 * 1024;

/** Reads mails: here and now, or in other threads. */
export interface Reader {
  /** True where it reads while others work, so that it pays to ask before the last answer is stored. */
  readonly ahead: boolean;
  /** One answer for each mail, in order. `limit` as in `readCopy`. */
  read(raws: readonly Uint8Array[], limit: number): Promise<readonly ParsedCopy[]>;
}

/** Reads in this thread, one mail after the other. */
export const plainReader: Reader = {
  ahead: false,
  read: async (raws, limit) => {
    const copies: ParsedCopy[] = [];
    for (const raw of raws) copies.push(await readCopy(raw, limit));
    return copies;
  },
};

/** Message, read subject and patch of a raw mail, by the pure stages. */
export async function readMail(
  raw: Uint8Array,
): Promise<{ message: Message; parsed: PatchSubject; patch: Patch | null }> {
  const message = await parseMessage(raw);
  const parsed = parseSubject(message.subject);
  return { message, parsed, patch: patchOf(message, parsed) };
}

const STARTS_DIFF = /^(?:diff --git |diff -|Index: |--- a\/|--- \/dev\/null)/m;

/** The text of a mail, of a patch without the diff. */
export function textBeforeDiff({ text }: Message, patch: Patch | null): string {
  const end = patch === null ? -1 : text.search(STARTS_DIFF);
  return end < 0 ? text : text.slice(0, end);
}

/**
 * What is kept of a mail beside its bytes. A mail over `limit` bytes is kept whole but read only as far as its header, and its
 * disposition says so. Several copies of a mail differ in footers and From munging: the list's own is believed before a direct one,
 * because everybody has it.
 */
export async function readCopy(raw: Uint8Array, limit: number): Promise<ParsedCopy> {
  if (raw.length > limit)
    return headCopy(raw, `${(raw.length / 1e6).toFixed(0)} MB is over limits.message_bytes: kept, but not read`);
  const { message, parsed, patch } = await readMail(raw);
  const entry = entryOf(message, parsed, patch);
  const digest = {
    entry,
    // A reply with a patch of its own is a reply all the same.
    remarks: remarksOf(message, parsed.reply ? null : patch),
    trailers: patch?.trailers ?? [],
  };
  // b4 asks for the line that it has written, which may stand below the diff.
  const change = entry.changeId === null ? '' : `\nchange-id: ${entry.changeId}`;
  return copyOf(message, digest, mailWords(textBeforeDiff(message, patch) + change));
}

/** What is kept of a mail that is read no further than its header. @param why what its disposition says */
export async function headCopy(raw: Uint8Array, why: string): Promise<ParsedCopy> {
  const { message, parsed } = await readMail(raw.subarray(0, HEAD_BYTES));
  return unread({ ...message, hash: messageHash(raw) }, parsed, why);
}

/** What is kept of a mail whose header cannot be read either: it has the name that a mail without a Message-ID has. */
export async function blankCopy(raw: Uint8Array, why: string): Promise<ParsedCopy> {
  const { message, parsed } = await readMail(Buffer.alloc(0));
  const hash = messageHash(raw);
  return unread({ ...message, hash, msgid: namelessId(hash) }, parsed, why);
}

function unread(message: Message, parsed: PatchSubject, broken: string): ParsedCopy {
  return copyOf(message, { entry: { ...entryOf(message, parsed, null), broken }, remarks: [], trailers: [] }, '');
}

function copyOf({ hash, msgid, posted, listIds }: Message, digest: Digest, words: string): ParsedCopy {
  return { hash, msgid, posted, rank: listIds.length > 0 ? 0 : 1, digest, words };
}
