import { existsSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PatchloomError } from '../util/errors.ts';
import { maildirSource } from './maildir.ts';
import { mboxSource } from './mbox.ts';
import { isPublicInbox, publicInboxSource } from './public-inbox.ts';
import type { Source } from './raw-mail.ts';
import { stdinSource } from './stdin.ts';
import { unreadable } from './unreadable.ts';

export { imapSource, verifyImap } from './imap.ts';
export type { ImapOptions } from './imap.ts';
export type { RawMail, Source } from './raw-mail.ts';

/** What a file starts with when it is mail: a postmark, a header, gzip's magic bytes, or nothing at all. */
const MAIL_START = /^(?:\r?\n){0,8}(?:From |>From |[!-9;-~]{1,76}[ \t]{0,8}:)/;

/**
 * Opens a path as what it is: an mbox file (also .gz) or a file with one mail, a Maildir, a public-inbox archive, or `-` for
 * standard input. Nothing is read of it yet but its first bytes.
 * @throws PatchloomError SOURCE_MISSING, or SOURCE_UNREADABLE where it is none of these or may not be read.
 */
export async function openPath(path: string): Promise<Source> {
  if (path === '-') return stdinSource();
  try {
    return (await stat(path)).isDirectory() ? openDirectory(path) : await openFile(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function openDirectory(path: string): Source {
  if (existsSync(join(path, 'cur')) && existsSync(join(path, 'new'))) return maildirSource(path);
  if (isPublicInbox(path)) return publicInboxSource(path);
  throw new PatchloomError(
    'SOURCE_UNREADABLE',
    `${path}: is a directory, but neither a Maildir (cur, new) nor a public-inbox archive`,
  );
}

async function openFile(path: string): Promise<Source> {
  await using handle = await open(path);
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(512), 0, 512, 0);
  const start = buffer.toString('latin1', 0, bytesRead);
  if (start.trim() === '' || start.startsWith('\x1f\x8b') || MAIL_START.test(start)) return mboxSource(path);
  throw new PatchloomError('SOURCE_UNREADABLE', `${path}: is neither an mbox nor a mail`);
}
