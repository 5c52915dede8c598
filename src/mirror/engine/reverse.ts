import type { FilePatch } from './file-patch.ts';
import type { Hunk } from './hunk.ts';

/** The patch that undoes this one; null where that cannot be told (binary parts, copies). */
export function reversed(files: readonly FilePatch[]): FilePatch[] | null {
  if (files.some((file) => file.binary !== null || file.copy)) return null;
  return files.map((file) => ({
    ...file,
    from: file.to,
    to: file.from,
    oldMode: file.newMode ?? file.oldMode,
    newMode: file.newMode === null ? null : file.oldMode,
    oldId: file.newId,
    newId: file.oldId,
    hunks: file.hunks.map(reversedHunk),
  }));
}

function reversedHunk(hunk: Hunk): Hunk {
  return {
    ...hunk,
    oldStart: hunk.newStart,
    newStart: hunk.oldStart,
    pre: hunk.post,
    preLines: hunk.postLines,
    post: hunk.pre,
    postLines: hunk.preLines,
    preOpen: hunk.postOpen,
    postOpen: hunk.preOpen,
  };
}
