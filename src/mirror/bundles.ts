import { existsSync } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gitText } from './git.ts';
import { BY_ID } from './ref-names.ts';
import type { RefWriter } from './ref-writer.ts';

const SAFE = /^refs\/[0-9A-Za-z._+/=@-]+$/;

/** Where the bundle of a series on a base is kept, beside the repository. @param record as `recordName` gives it */
function bundleFile(repository: string, record: string): string {
  return join(`${repository.replace(/\.git$/, '')}.bundles`, `${record.slice(BY_ID.length)}.bundle`);
}

/**
 * Keeps the commits behind `base` and their refs in a file, so that they can be had again with the same ids where the repository is
 * lost. A file that is there already stays where it has the same refs.
 * @throws PatchloomError GIT_FAILED
 */
export async function keepBundle(
  repository: string,
  record: string,
  base: string,
  refs: readonly string[],
): Promise<void> {
  const file = bundleFile(repository, record);
  await mkdir(dirname(file), { recursive: true });
  const temporary = `${file}.new`;
  await gitText(repository, ['bundle', 'create', '--quiet', temporary, `^${base}`, ...refs]);
  const handle = await open(temporary, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}

/**
 * Takes commits and refs of a kept bundle into the repository.
 * @returns false where there is no bundle
 * @throws PatchloomError GIT_FAILED where it cannot be read, or stands on commits that are not here
 */
export async function restoreBundle(repository: string, record: string, writer: RefWriter): Promise<boolean> {
  const file = bundleFile(repository, record);
  if (!existsSync(file)) return false;
  const lines = (await gitText(repository, ['bundle', 'unbundle', file])).split('\n');
  for (const line of lines) {
    const [, commit, name] = /^([0-9a-f]{40,64}) (\S+)$/.exec(line) ?? [];
    // One that is there already is left as it is.
    if (commit !== undefined && name !== undefined && SAFE.test(name)) await writer.create([{ name, commit }]);
  }
  return true;
}
