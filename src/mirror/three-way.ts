import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FilePatch } from './engine/file-patch.ts';
import type { Budget } from './engine/line-table.ts';
import { makeObject, type NewObject } from './engine/object.ts';
import { Declined, Misfitting } from './engine/outcome.ts';
import { applyHunks } from './engine/place.ts';
import { type Entry, LINK } from './engine/tree.ts';
import type { WorkTree } from './engine/work-tree.ts';
import { gitFailed, runGit } from './git.ts';
import type { Objects } from './objects.ts';
import { withScratch } from '../util/scratch.ts';

/** A file of a patch, with what the author had, what the patch makes of that, and what is here. */
interface Versions {
  readonly path: string;
  readonly entry: Entry;
  readonly base: string;
  readonly theirs: string;
  readonly ours: string;
}

/**
 * Applies a patch that does not fit by merging each file: the version that the author had is known by the diff's index line. As
 * `git am -3`, for patches that change files and neither make, move nor remove one.
 * @param put takes the blobs that it makes
 * @returns true or false for "something has changed" where all merges are clean; null else, and then nothing is changed
 * @throws PatchloomError GIT_FAILED
 */
export async function mergePatch(
  repository: string,
  objects: Objects,
  tree: WorkTree,
  files: readonly FilePatch[],
  budget: Budget,
  put: (blob: NewObject) => void,
): Promise<boolean | null> {
  const merged: { readonly versions: Versions; readonly text: string }[] = [];
  for (const file of files) {
    const versions = await versionsOf(objects, tree, file, budget);
    const text = versions === null ? null : await mergeText(repository, versions);
    if (versions === null || text === null) return null;
    merged.push({ versions, text });
  }
  let changed = false;
  for (const { versions, text } of merged) {
    if (text === versions.ours) continue;
    const blob = makeObject('blob', text);
    put(blob);
    tree.learn(blob.id, text);
    tree.set(versions.path, { mode: versions.entry.mode, id: blob.id });
    changed = true;
  }
  return changed;
}

async function versionsOf(objects: Objects, tree: WorkTree, file: FilePatch, budget: Budget): Promise<Versions | null> {
  const { from, to, oldId, newMode, binary, hunks } = file;
  if (from === null || from !== to || oldId === null || newMode !== null || binary !== null) return null;
  const entry = tree.file(from);
  if (entry === null || entry.mode === LINK) return null;
  const base = await objects.findBlob(oldId);
  const ours = tree.contents(entry.id);
  if (base === null || ours.includes('\0') || base.text.includes('\0')) return null;
  try {
    const theirs = applyHunks(base.text, hunks, from, budget).text;
    return { path: from, entry, base: base.text, theirs, ours };
  } catch (error) {
    // The index line does not tell the truth.
    if (error instanceof Misfitting || error instanceof Declined) return null;
    throw error;
  }
}

async function mergeText(repository: string, { base, theirs, ours }: Versions): Promise<string | null> {
  if (ours === base || ours === theirs) return theirs;
  return withScratch(repository, async (scratch) => {
    const files = [];
    for (const [name, text] of Object.entries({ ours, base, theirs })) {
      const file = join(scratch, name);
      await writeFile(file, text, 'latin1');
      files.push(file);
    }
    const result = await runGit(null, ['merge-file', '-p', '--quiet', ...files]);
    // The number of conflicts, or 255 for a fault.
    if (result.code === null || result.code === 255) throw gitFailed(repository, 'merge-file', result);
    return result.code === 0 ? result.stdout.toString('latin1') : null;
  });
}
