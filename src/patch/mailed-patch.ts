import { commitText } from '../mail/charset.ts';
import { parseMailDate } from '../mail/date.ts';
import type { Attachment, Message } from '../mail/message.ts';
import { baseLines } from './base-lines.ts';
import { commitTitle, type MailBody, splitBody, tidyMessage } from './body.ts';
import { contentHash } from './content-hash.ts';
import { type Diff, findDiff, pathsOf } from './diff.ts';
import { bodyLines } from './lines.ts';
import { notesIn } from './notes.ts';
import type { Patch, PatchSubject } from './patch.ts';
import { patchId } from './patch-id.ts';
import { parseTrailers } from './trailers.ts';

/** A larger body is not searched for a diff: Linux's largest merge patches stay far below. */
const MAX_BODY = 64 << 20;
const PATCH_TYPES = /^text\/(?:x-)?(?:patch|diff)$/;
/** Types that say nothing of their own; the name of the file does. */
const ANY_TYPES = /^(?:text\/(?!html)|application\/(?:octet-stream|(?:x-)?(?:patch|diff))$)/;

interface Found {
  readonly body: MailBody;
  readonly diff: Diff;
  readonly lines: readonly string[];
  /** See `Patch.notes`. */
  readonly notes: string;
}

function search(bytes: Uint8Array, charset: string, flowed: boolean): Found | null {
  if (bytes.length > MAX_BODY) return null;
  const lines = bodyLines(bytes, flowed);
  const decode = decoder(charset);
  const body = splitBody(lines, decode);
  const diff = findDiff(lines, body.patchAt);
  if (diff === null) return null;
  return { body, diff, lines, notes: decode(notesIn(lines.slice(body.patchAt, diff.at)).join('\n')) };
}

/**
 * A mail that says format=flowed and whose lines were not made so: undoing it takes the blank off each context line. Only where it breaks
 * hunks, and leaving it gives whole ones, the mail is read as it was sent.
 */
function searchFlowed({ body, charset, flowed }: Message): {
  readonly found: Found | null;
  readonly repaired: boolean;
} {
  const found = search(body, charset, flowed);
  if (!flowed || found?.diff.whole) return { found, repaired: false };
  const asSent = search(body, charset, false);
  return asSent?.diff.whole ? { found: asSent, repaired: true } : { found, repaired: false };
}

/** Diffs that hang on the mail, one after the other: its text is the message then, as `git am` has it, unless it has none. */
function searchAttachments(message: Message): Found | null {
  const files = message.attachments
    .filter(isPatchFile)
    .flatMap(({ content }) => search(content, message.charset, false) ?? []);
  const [first] = files;
  if (first === undefined) return null;
  const own = splitBody(bodyLines(message.body, message.flowed), decoder(message.charset));
  const text = files.map(({ diff }) => diff.text).join('');
  const whole = files.every((file) => file.diff.whole);
  const diff = { ...first.diff, text, files: files.flatMap((file) => file.diff.files), whole };
  return { ...first, diff, body: own.text.trim() === '' ? first.body : own };
}

function isPatchFile({ type, filename }: Attachment): boolean {
  return PATCH_TYPES.test(type) || (ANY_TYPES.test(type) && /\.(?:patch|diff)$/i.test(filename));
}

/** The message part has the mail's charset, which git makes UTF-8; the diff's bytes stay as they are. */
function decoder(charset: string): (latin1: string) => string {
  return (latin1) => commitText(Buffer.from(latin1, 'latin1'), charset);
}

/** A reply's message is one only where nothing is quoted in it and it is signed off; else its diff is a remark. */
function isRemark({ body }: Found): boolean {
  return /^ ?[>|]/m.test(body.text) || !/^Signed-off-by:/m.test(body.text);
}

/**
 * The patch in a mail, or null where it has none: covers, replies that only remark, and mails without a diff. Author, date, message and diff
 * give the commit that `git am --scissors` makes of the raw mail, but for From munging, which is undone.
 */
export function patchOf(message: Message, parsed: PatchSubject): Patch | null {
  if (parsed.index === 0) return null;
  const { found: own, repaired } = searchFlowed(message);
  const found = own ?? searchAttachments(message);
  if (found === null || (parsed.reply && isRemark(found))) return null;
  const { body, diff, notes } = found;
  const title = commitTitle(body.subject ?? message.subject);
  const text = tidyMessage(`${title}\n\n${body.text}`);
  return {
    author: body.from ?? message.from,
    authorDate: (body.date === null ? null : parseMailDate(body.date)?.iso) ?? message.date,
    title,
    message: text,
    notes,
    trailers: parseTrailers(text),
    diff: diff.text,
    paths: pathsOf(diff.files),
    contentHash: contentHash(diff.files),
    patchId: patchId(diff.text),
    baseCommit: baseLines(found.lines).commit,
    repaired,
  };
}
