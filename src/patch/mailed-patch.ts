import { decodeText } from '../mail/charset.ts';
import { parseMailDate } from '../mail/date.ts';
import type { Attachment, Message } from '../mail/message.ts';
import { commitTitle, type MailBody, splitBody, tidyMessage } from './body.ts';
import { contentHash } from './content-hash.ts';
import { type Diff, findDiff, pathsOf } from './diff.ts';
import { bodyLines } from './lines.ts';
import type { Patch, PatchSubject } from './patch.ts';
import { patchId } from './patch-id.ts';
import { parseTrailers } from './trailers.ts';

/** A larger body is not searched for a diff: Linux's largest merge patches stay far below. */
const MAX_BODY = 64 << 20;
const PATCH_TYPES = /^(?:text\/(?:x-)?(?:patch|diff)|application\/(?:octet-stream|x-patch))$/;

interface Found {
  readonly body: MailBody;
  readonly diff: Diff;
  readonly lines: readonly string[];
}

function search(bytes: Uint8Array, charset: string, flowed: boolean): Found | null {
  if (bytes.length > MAX_BODY) return null;
  const lines = bodyLines(bytes, flowed);
  const body = splitBody(lines, decoder(charset));
  const diff = findDiff(lines, body.patchAt);
  return diff === null ? null : { body, diff, lines };
}

/** A diff that hangs on the mail: the mail's text is the message then, as `git am` has it, unless the mail has none. */
function searchAttachments(message: Message): Found | null {
  const own = splitBody(bodyLines(message.body, message.flowed ?? false), decoder(message.charset));
  for (const attachment of message.attachments.filter(isPatchFile)) {
    const found = search(attachment.content, message.charset, false);
    if (found !== null) return { ...found, body: own.text.trim() === '' ? found.body : own };
  }
  return null;
}

function isPatchFile(attachment: Attachment): boolean {
  if (!PATCH_TYPES.test(attachment.type)) return false;
  return attachment.type.startsWith('text/') || /\.(?:patch|diff)$/i.test(attachment.filename);
}

/** The message part has the mail's charset, which git makes UTF-8; the diff's bytes stay as they are. */
function decoder(charset: string): (latin1: string) => string {
  return (latin1) => decodeText(Buffer.from(latin1, 'latin1'), charset).text;
}

function findBase(lines: readonly string[]): string | null {
  for (const line of lines) {
    const found = /^base-commit: ([0-9a-f]{40,64})\s*$/.exec(line)?.[1];
    if (found !== undefined) return found;
  }
  return null;
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
  const found = search(message.body, message.charset, message.flowed ?? false) ?? searchAttachments(message);
  if (found === null || (parsed.reply && isRemark(found))) return null;
  const { body, diff } = found;
  const title = commitTitle(body.subject ?? message.subject);
  const text = tidyMessage(`${title}\n\n${body.text}`);
  return {
    author: body.from ?? message.from,
    authorDate: (body.date === null ? null : parseMailDate(body.date)?.iso) ?? message.date,
    title,
    message: text,
    trailers: parseTrailers(text),
    diff: diff.text,
    paths: pathsOf(diff.files),
    contentHash: contentHash(diff.files),
    patchId: patchId(diff.text),
    baseCommit: findBase(found.lines),
  };
}
