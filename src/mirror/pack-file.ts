import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, fsync, openSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { NewObject } from './engine/object.ts';
import { packOf } from './pack.ts';

const synced = promisify(fsync);

/**
 * Writes objects into the repository as one pack: durable once a ref has been written after it, as git's own packs are, and never
 * half there. The pack comes before its index, because git looks for indexes. Files named `tmp_` are cleaned up by git where a
 * process was killed.
 */
export async function writeObjects(repository: string, objects: readonly NewObject[]): Promise<void> {
  if (objects.length === 0) return;
  const directory = join(repository, 'objects', 'pack');
  const { name, pack, index } = packOf(objects);
  if (existsSync(join(directory, `${name}.idx`))) return;
  const unique = randomUUID();
  const files = [
    { bytes: pack, written: join(directory, `tmp_${unique}.pack`), kept: join(directory, `${name}.pack`) },
    { bytes: index, written: join(directory, `tmp_${unique}.idx`), kept: join(directory, `${name}.idx`) },
  ];
  await writeDurably(files);
  for (const { written, kept } of files) renameSync(written, kept);
}

/**
 * Writing into memory takes microseconds, less than handing it to another thread. Only the disk is waited for, and for all files at
 * once: the file system then has one journal entry to write.
 */
async function writeDurably(files: readonly { readonly written: string; readonly bytes: Buffer }[]): Promise<void> {
  const open: number[] = [];
  try {
    for (const { written, bytes } of files) {
      const file = openSync(written, 'wx', 0o444);
      open.push(file);
      writeFileSync(file, bytes);
    }
    await Promise.all(open.map((file) => synced(file)));
  } finally {
    for (const file of open) closeSync(file);
  }
}
