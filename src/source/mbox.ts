import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { constants, createGunzip } from 'node:zlib';
import { splitMbox } from './mbox-split.ts';
import type { MboxMail } from './mbox-split.ts';
import { cutNote } from './raw-mail.ts';
import type { RawMail, Source } from './raw-mail.ts';
import { unreadable } from './unreadable.ts';

const CHUNK = 256 * 1024;

/** How far a file was read: offsets count unpacked bytes. */
interface Position {
  /** Where the last mail started. */
  readonly start: number;
  /** Mails up to and with it. */
  readonly count: number;
  /** The file's inode, as text: it can be larger than a number holds. */
  readonly inode: string;
  /** Length and `fingerprint` of the last mail: another file may have a mail that starts at the same place. */
  readonly length: number;
  readonly fingerprint: string;
}

/**
 * An mbox file (mboxrd, mboxo; also gzipped), or a file with one mail. A file that grew is read on from where it ended; one that
 * was replaced, shortened or rewritten is read from the start: where its last mail was, another one is.
 */
export function mboxSource(path: string, name: string = resolve(path)): Source {
  return { name, live: false, read: (cursor, signal) => read(path, name, cursor, signal) };
}

async function* read(path: string, name: string, cursor: string | null, signal: AbortSignal): AsyncGenerator<RawMail> {
  try {
    const file = await openMbox(path);
    const from = await resumePoint(file, cursor);
    let count = from.count;
    for await (const mail of splitMbox(file.chunks(from.offset), from.offset)) {
      if (signal.aborted) return;
      count += 1;
      yield rawMail(mail, count, name, file);
    }
  } catch (error) {
    throw unreadable(path, error);
  }
}

function rawMail(mail: MboxMail, count: number, name: string, file: MboxFile): RawMail {
  const { start, end, raw } = mail;
  const cursor = `${start}:${count}:${file.inode}:${raw.length}:${fingerprint(raw)}`;
  return {
    raw,
    label: `${basename(name)}: mail ${count}${cutNote(mail.cut)}`,
    cursor,
    done: file.done(end),
  };
}

interface MboxFile {
  readonly inode: string;
  chunks(from: number): AsyncGenerator<Buffer>;
  /** Share that was read when unpacked bytes up to `end` were. */
  done(end: number): number;
}

async function openMbox(path: string): Promise<MboxFile> {
  const { ino, size } = await stat(path, { bigint: true });
  const total = Math.max(1, Number(size));
  const inode = ino.toString();
  if (!(await isGzip(path)))
    return { inode, chunks: (from) => plainChunks(path, from), done: (end) => Math.min(1, end / total) };
  const progress = { packed: 0 };
  return {
    inode,
    chunks: (from) => unpackedChunks(path, from, progress),
    done: () => Math.min(1, progress.packed / total),
  };
}

async function isGzip(path: string): Promise<boolean> {
  await using handle = await open(path);
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
  return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
}

async function* plainChunks(path: string, from: number): AsyncGenerator<Buffer> {
  for await (const chunk of createReadStream(path, { start: from, highWaterMark: CHUNK })) yield chunk as Buffer;
}

/** A cut-off file gives what is in it: Z_SYNC_FLUSH makes the early end no error. */
async function* unpackedChunks(path: string, from: number, progress: { packed: number }): AsyncGenerator<Buffer> {
  const packed = createReadStream(path, { highWaterMark: CHUNK });
  const unpacked = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH, chunkSize: CHUNK });
  packed.on('error', (error) => unpacked.destroy(error));
  let skip = from;
  try {
    for await (const chunk of packed.pipe(unpacked)) {
      const bytes = chunk as Buffer;
      progress.packed = packed.bytesRead;
      if (skip < bytes.length) yield bytes.subarray(skip);
      skip = Math.max(0, skip - bytes.length);
    }
  } finally {
    packed.destroy();
    unpacked.destroy();
  }
}

/** Where to go on: after the last mail, at the last mail where that one has grown since, else at the start. */
async function resumePoint(file: MboxFile, cursor: string | null): Promise<{ offset: number; count: number }> {
  const position = parsePosition(cursor);
  const last = position?.inode === file.inode ? await mailAt(file, position.start) : null;
  if (position === null || last === null) return { offset: 0, count: 0 };
  if (fingerprint(last.raw.subarray(0, position.length)) !== position.fingerprint) return { offset: 0, count: 0 };
  if (last.raw.length > position.length) return { offset: position.start, count: position.count - 1 };
  return { offset: last.end, count: position.count };
}

/** The mail that starts at the offset, null where none does. */
async function mailAt(file: MboxFile, offset: number): Promise<MboxMail | null> {
  for await (const mail of splitMbox(file.chunks(offset), offset)) return mail;
  return null;
}

function fingerprint(raw: Uint8Array): string {
  return createHash('sha256').update(raw).digest('hex').slice(0, 16);
}

function parsePosition(cursor: string | null): Position | null {
  const match = /^(\d{1,15}):(\d{1,15}):(\d{1,20}):(\d{1,15}):([0-9a-f]{16})$/.exec(cursor ?? '');
  if (match === null) return null;
  const [, start, count, inode = '', length, own = ''] = match;
  return {
    start: Number(start),
    count: Number(count),
    inode,
    length: Number(length),
    fingerprint: own,
  };
}
