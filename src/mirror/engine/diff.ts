import { hunkHeading } from '../../patch/hunk-heading.ts';
import { readBinary } from './binary.ts';
import type { FilePatch } from './file-patch.ts';
import { type Header, readGitHeader } from './git-header.ts';
import { type Hunk, readHunks } from './hunk.ts';
import { checkOldHunks, isOldHeader, readOldHeader } from './old-header.ts';
import { decline, Refused } from './outcome.ts';
import { checkPath } from './paths.ts';
import { Reader } from './reader.ts';

const MOST_FILES = 5000;
const MOST_LINES = 2_000_000;

/**
 * Reads a diff as `git apply` does: git's own form, `diff -u`, quilt and `Index:`; text between the files is passed over.
 * @param text bytes as latin1 text
 * @param folders how many folders are taken off names: `-p`
 * @throws Declined where it is not certain what git makes of it, Refused for hostile names and sizes
 */
export function readDiff(text: string, folders: number): FilePatch[] {
  checkSize(text);
  const reader = new Reader(text);
  const files: FilePatch[] = [];
  while (!reader.done) {
    if (reader.startsWith('diff --git ')) files.push(readGitFile(reader, folders));
    else if (isOldHeader(reader)) files.push(readOldFile(reader, folders));
    else if (hunkHeading(reader.line()) !== null) decline('malformed', 'a hunk has no header');
    else reader.next();
    if (files.length > MOST_FILES) throw new Refused(`it changes more than ${MOST_FILES} files`);
  }
  if (files.length === 0) decline('no-diff');
  return files;
}

function checkSize(text: string): void {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  if (lines > MOST_LINES) throw new Refused(`its diff has more than ${MOST_LINES} lines`);
}

function readGitFile(reader: Reader, folders: number): FilePatch {
  const header = readGitHeader(reader, folders);
  const hunks = readHunks(reader);
  if (hunks.length > 0) return fileOf(header, hunks);
  const line = reader.line();
  if (line === 'GIT binary patch') {
    reader.next();
    if (header.oldId?.length !== 40 || header.newId?.length !== 40) decline('binary-ids');
    return { ...fileOf(header, []), binary: readBinary(reader) };
  }
  if (/^(?:Binary files|Files) .* differ$/.test(line)) decline('binary-without-data');
  const { from, to, oldMode, newMode } = header;
  // git wants both modes (apply.c, metadata_changes).
  const modeOnly = oldMode !== null && newMode !== null && oldMode !== newMode;
  if (from === to && !modeOnly) decline('malformed', 'a header has nothing behind it');
  return fileOf(header, []);
}

function readOldFile(reader: Reader, folders: number): FilePatch {
  const header = readOldHeader(reader, folders);
  const hunks = readHunks(reader);
  checkOldHunks(header, hunks);
  return fileOf(header, hunks);
}

function fileOf(header: Header, hunks: readonly Hunk[]): FilePatch {
  for (const path of [header.from, header.to]) if (path !== null) checkPath(path);
  const [first] = hunks;
  if (header.from === null && first && (hunks.length > 1 || first.preLines > 0))
    decline('malformed', 'a new file depends on old contents');
  if (header.to === null && first && (hunks.length > 1 || first.postLines > 0))
    decline('malformed', 'a deleted file still has contents');
  return { ...header, hunks, binary: null };
}
