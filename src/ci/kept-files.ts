import { createHash } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
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

const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** The last part of a path, for people; the digest before it keeps files apart. */
function safeName(path: string): string {
  return basename(path)
    .replace(/[^\w.+-]/g, '_')
    .slice(-80);
}
