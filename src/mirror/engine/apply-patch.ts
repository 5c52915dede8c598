import { applyBinary } from './binary.ts';
import { deltaOfEdits } from './delta.ts';
import type { FilePatch } from './file-patch.ts';
import type { Budget } from './line-table.ts';
import { makeObject, type NewObject } from './object.ts';
import { decline, misfit } from './outcome.ts';
import { isOddLinkName, shown } from './paths.ts';
import { applyHunks, type Patched } from './place.ts';
import { type Entry, FILE, LINK } from './tree.ts';
import type { WorkTree } from './work-tree.ts';

const NO_ID = /^0+$/;
const LONGEST_LINK = 1000;

/** What one patch does to the tree: a path and what stands there afterwards, null for nothing. */
type Changes = Map<string, Entry | null>;

/**
 * Applies one patch to the work tree: all of it, or nothing where it throws.
 * @param put takes the blobs that it makes; null: it is only tried, and nothing changes
 * @returns true where anything has changed
 * @throws Misfitting, Declined, Refused
 */
export function applyPatch(
  tree: WorkTree,
  files: readonly FilePatch[],
  budget: Budget,
  put: ((blob: NewObject) => void) | null,
): boolean {
  checkTwice(files);
  const changes: Changes = new Map();
  const blobs: NewObject[] = [];
  for (const file of files) applyFile(tree, file, budget, changes, blobs);
  checkDirectories(changes);
  const differs = [...changes].some(([path, entry]) => !sameEntry(tree.file(path), entry));
  if (put === null) return differs;
  for (const [path, entry] of changes) tree.set(path, entry);
  for (const blob of blobs) put(blob);
  return differs;
}

/** All paths that patches read or write. */
export function pathsOf(patches: Iterable<readonly FilePatch[]>): Set<string> {
  const paths = new Set<string>();
  for (const files of patches)
    for (const { from, to } of files) for (const path of [from, to]) if (path !== null) paths.add(path);
  return paths;
}

/** The order of a patch's files has no meaning here, so that no file may depend on another one of the same patch. */
function checkTwice(files: readonly FilePatch[]): void {
  const seen = new Set<string>();
  for (const { from, to, copy } of files)
    for (const path of new Set([copy ? null : from, to])) {
      if (path === null) continue;
      if (seen.has(path)) decline('path-twice', shown(path));
      seen.add(path);
    }
}

/** A path that comes or goes may not be a directory of another one. */
function checkDirectories(changes: Changes): void {
  for (const path of changes.keys())
    for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1))
      if (changes.has(path.slice(0, slash))) decline('file-and-directory', shown(path));
}

function sameEntry(a: Entry | null, b: Entry | null): boolean {
  return a === b || (a !== null && b !== null && a.id === b.id && a.mode === b.mode);
}

function applyFile(tree: WorkTree, file: FilePatch, budget: Budget, changes: Changes, blobs: NewObject[]): void {
  const { from, to, copy } = file;
  const old = from === null ? null : tree.file(from);
  if (from !== null && old === null) misfit(from, 'does not exist in index');
  if (to !== null && to !== from && tree.file(to) !== null) misfit(to, 'already exists in index');
  const mode = modeAfter(file, old);
  const before = old === null ? '' : tree.contents(old.id);
  const { text, edits } = contentsAfter(file, old, before, budget);
  if (to === null) {
    if (text !== '') misfit(from ?? '', 'removal patch leaves file contents');
  } else {
    if (mode === LINK) checkLink(to, text);
    changes.set(to, { mode, id: blobFor(tree, old, before, { text, edits }, blobs) });
  }
  if (from !== null && from !== to && !copy) changes.set(from, null);
}

function modeAfter(file: FilePatch, old: Entry | null): number {
  const { oldMode, newMode, to } = file;
  if (old === null) return newMode ?? FILE;
  if (oldMode !== null && kindOf(oldMode) !== kindOf(old.mode)) misfit(file.from ?? '', 'wrong type');
  const mode = newMode ?? old.mode;
  if (to !== null && kindOf(mode) !== kindOf(old.mode)) decline('type-change', shown(to));
  return mode;
}

function kindOf(mode: number): number {
  return mode & 0o170000;
}

function contentsAfter(file: FilePatch, old: Entry | null, before: string, budget: Budget): Patched {
  const name = file.from ?? file.to ?? '';
  if (file.binary === null) return applyHunks(before, file.hunks, name, budget);
  const wanted = old?.id ?? '0'.repeat(40);
  if (file.oldId !== wanted) misfit(name, 'binary patch does not apply');
  const after = applyBinary(Buffer.from(before, 'latin1'), file.binary);
  const text = after.toString('latin1');
  const gone = file.to === null;
  if (gone ? text !== '' || !NO_ID.test(file.newId ?? '') : makeObject('blob', text).id !== file.newId)
    decline('binary-ids', shown(name));
  return { text, edits: null };
}

/** git writes a link only where the file system could hold it, and never one that is named like its own files. */
function checkLink(path: string, target: string): void {
  if (target === '' || target.length > LONGEST_LINK || /[\0\n]/.test(target) || isOddLinkName(path))
    decline('odd-link', shown(path));
}

function blobFor(tree: WorkTree, old: Entry | null, before: string, after: Patched, blobs: NewObject[]): string {
  const { text, edits } = after;
  if (old !== null && text === before) return old.id;
  const delta = old !== null && edits !== null ? { from: old.id, ops: deltaOfEdits(before, text, edits) } : null;
  const blob = makeObject('blob', text, delta);
  tree.learn(blob.id, text);
  blobs.push(blob);
  return blob.id;
}
