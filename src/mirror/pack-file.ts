import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { NewObject } from './engine/object.ts';
import { packOf } from './pack.ts';

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
  const temporary = (kind: string) => join(directory, `tmp_${unique}.${kind}`);
  // Both at once: the file system then waits for the disk once.
  await Promise.all([writeDurably(temporary('pack'), pack), writeDurably(temporary('idx'), index)]);
  for (const kind of ['pack', 'idx']) await rename(temporary(kind), join(directory, `${name}.${kind}`));
}

async function writeDurably(path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, 'wx', 0o444);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}
