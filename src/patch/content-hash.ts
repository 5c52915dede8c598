import { createHash } from 'node:crypto';
import type { FileDiff } from './diff.ts';

/** What of a file's notes is content: rename and copy need their old name, modes and binary data have no +/- lines. */
function notesOf(file: FileDiff): string[] {
  return file.notes.filter((note) => !/^(?:new file mode 100644|deleted file mode)/.test(note));
}

/**
 * SHA-256 hex over paths and added and removed lines, files in order of their paths. Context, line numbers, hunk headings,
 * index lines and blanks at line ends do not count: a rebase, quilt's form and a mail program that trims lines give the same.
 */
export function contentHash(files: readonly FileDiff[]): string {
  const parts = files.map((file) => {
    const path = file.newPath ?? file.oldPath ?? '';
    return [path, ...notesOf(file), ...file.changes.map((line) => line.trimEnd())].join('\n');
  });
  return createHash('sha256').update(parts.sort().join('\0'), 'utf8').digest('hex');
}
