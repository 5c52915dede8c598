import { lstat, readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface TrimRules {
  /** Files last written before this go; epoch ms. */
  readonly before: number;
  /** Of the others the oldest go until the rest takes no more bytes than this. */
  readonly mostBytes: number;
}

interface Entry {
  readonly path: string;
  readonly size: number;
  readonly written: number;
}

/**
 * Removes files below a folder, the oldest first, and folders that are empty then. Links are removed, never followed. What cannot be removed, or
 * has gone meanwhile, is left for the next time.
 * @returns how many files it has removed
 */
export async function trimFolder(folder: string, rules: TrimRules): Promise<number> {
  const files = (await filesBelow(folder)).toSorted((a, b) => b.written - a.written);
  let kept = 0;
  let removed = 0;
  for (const { path, size, written } of files) {
    kept += size;
    if (written >= rules.before && kept <= rules.mostBytes) continue;
    kept -= size;
    await rm(path, { force: true }).catch(() => {});
    removed++;
  }
  if (removed > 0) await removeEmpty(folder);
  return removed;
}

async function filesBelow(folder: string): Promise<readonly Entry[]> {
  const found: Entry[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await filesBelow(path)));
    else {
      const stat = await lstat(path).catch(() => null);
      if (stat !== null) found.push({ path, size: stat.size, written: stat.mtimeMs });
    }
  }
  return found;
}

/** The folder itself stays. */
async function removeEmpty(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    if (!entry.isDirectory()) continue;
    const path = join(folder, entry.name);
    await removeEmpty(path);
    // One that is not empty stays.
    await rmdir(path).catch(() => {});
  }
}
