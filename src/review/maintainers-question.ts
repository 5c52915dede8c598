import { findDiff, pathsOf } from '../patch/diff.ts';
import type { MaintainersQuestion } from './maintainers-list.ts';

/**
 * What a patch, as a file or a mail, asks of MAINTAINERS: its paths, and its text and its added and removed lines for keywords.
 * Null where it holds no diff.
 */
export function questionOf(text: string): MaintainersQuestion | null {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const diff = findDiff(lines, 0);
  if (diff === null) return null;
  const start = lines.findIndex((line) => /^(?:diff --git |--- )/.test(line));
  const head = start < 0 ? [] : lines.slice(0, start);
  return { paths: pathsOf(diff.files), lines: [...head, ...diff.files.flatMap((file) => file.changes)] };
}
