import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { constants, createGunzip } from 'node:zlib';
import { splitMbox, startsWithPostmark } from './mbox-split.ts';
import type { MboxMail } from './mbox-split.ts';
import { cutNote } from './raw-mail.ts';
import type { RawMail, Source } from './raw-mail.ts';
import { unreadable } from './unreadable.ts';

const CHUNK = 256 * 1024;

/** How far a file was read: offsets count unpacked bytes. */
interface Position {
  /** Where the last mail started and ended. */
  readonly start: number;
  readonly end: number;
  /** Mails before `end`. */
  readonly count: number;
  /** The file's inode, as text: it can be larger than a number holds. */
  readonly inode: string;
}

/**
 * An mbox file (mboxrd, mboxo; also gzipped), or a file with one mail. A file that grew is read on from where it ended; one that
 * was replaced, shortened or rewritten is read from the start.
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
  const cursor = `${mail.start}:${mail.end}:${count}:${file.inode}`;
  return {
    raw: mail.raw,
    label: `${basename(name)}: mail ${count}${cutNote(mail.cut)}`,
    cursor,
    done: file.done(mail.end),
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
  if (position === null || position.inode !== file.inode) return { offset: 0, count: 0 };
  if (await isBoundary(file, position.end, true)) return { offset: position.end, count: position.count };
  if (await isBoundary(file, position.start, false)) return { offset: position.start, count: position.count - 1 };
  return { offset: 0, count: 0 };
}

/** Whether a mail starts at the offset; `orEnd`: or the file ends exactly there. */
async function isBoundary(file: MboxFile, offset: number, orEnd: boolean): Promise<boolean> {
  for await (const chunk of file.chunks(offset)) return startsWithPostmark(chunk);
  return orEnd && (await hasLength(file, offset));
}

async function hasLength(file: MboxFile, length: number): Promise<boolean> {
  if (length === 0) return true;
  for await (const chunk of file.chunks(length - 1)) return chunk.length > 0;
  return false;
}

function parsePosition(cursor: string | null): Position | null {
  const match = /^(\d{1,15}):(\d{1,15}):(\d{1,15}):(\d{1,20})$/.exec(cursor ?? '');
  if (match === null) return null;
  const [, start, end, count, inode = ''] = match;
  return { start: Number(start), end: Number(end), count: Number(count), inode };
}
