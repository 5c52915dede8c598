import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { NewObject } from './engine/object.ts';
import { packOf } from './pack.ts';

/**
 * Writes objects into the repository as one pack: durable once a ref has been
 * written after it, as git's own packs are, and never half there. The pack comes before its
 * index, because git looks for indexes. Files named `tmp_` are cleaned up by git where a process was killed.
 */
export function writeObjects(repository: string, objects: readonly NewObject[]): void {
  if (objects.length === 0) return;
  const directory = join(repository, 'objects', 'pack');
  const { name, pack, index } = packOf(objects);
  if (existsSync(join(directory, `${name}.idx`))) return;
  writeDurably(directory, `${name}.pack`, pack);
  writeDurably(directory, `${name}.idx`, index);
}

/** In line, without threads: each of these calls takes less than the hand-over to one would. */
function writeDurably(directory: string, name: string, bytes: Buffer): void {
  const temporary = join(directory, `tmp_${process.pid}_${name}`);
  rmSync(temporary, { force: true });
  const file = openSync(temporary, 'wx', 0o444);
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, join(directory, name));
}
