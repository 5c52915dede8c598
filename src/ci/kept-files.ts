import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { PatchloomError } from '../util/errors.ts';
import type { SeriesRun } from './run-series.ts';
import { jobHash } from './run-series.ts';

/**
 * Keeps logs and artifacts of runs below `data`/logs, in folders named by values of ours only. What is written again replaces the old file at
 * once, so that a reader never sees half of one. Paths are given relative to `data`.
 */
export function keepFiles(data: string): NonNullable<SeriesRun['keepFile']> {
  return async (patch, job, name, bytes) => {
    const folder = join('logs', digest(patch.commit), `${patch.index}-${jobHash(job).slice(0, 12)}`);
    const file = join(folder, name === 'log' ? 'log' : `${digest(name)}-${safeName(name)}`);
    await mkdir(join(data, folder), { recursive: true });
    await writeFile(join(data, `${file}.new`), bytes);
    await rename(join(data, `${file}.new`), join(data, file));
    return file;
  };
}

/**
 * Opens a kept file by the path that a check has; null where it is gone. Its bytes are hostile.
 * @throws PatchloomError INTERNAL for a path that `keepFiles` never gives
 */
export async function openKept(
  data: string,
  path: string,
): Promise<{ readonly size: number; readonly stream: ReadableStream<Uint8Array> } | null> {
  if (!/^logs\/[0-9a-f]{16}\/[\w.-]{1,40}\/(?!\.)[\w.+-]{1,120}$/.test(path))
    throw new PatchloomError('INTERNAL', `${JSON.stringify(path)} is no path of a kept file`);
  const file = await open(join(data, path), constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => null);
  if (file === null) return null;
  const { size } = await file.stat();
  return { size, stream: Readable.toWeb(file.createReadStream()) as ReadableStream<Uint8Array> };
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** The last part of a path, for people; the digest before it keeps files apart. */
function safeName(path: string): string {
  return basename(path)
    .replace(/[^\w.+-]/g, '_')
    .slice(-80);
}
