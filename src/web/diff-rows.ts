import { wordMarker } from './changed-words.ts';
import { highlighter, type Token } from './highlight.ts';
import { visible } from './visible.ts';

/** One line of a patch on its page. */
export interface DiffRow {
  /** Position among the lines of the patch: message first, then diff. */
  readonly line: number;
  readonly kind: 'added' | 'removed' | 'context' | 'hunk' | 'meta';
  /** Line numbers in the file before and after, or empty. */
  readonly old: string;
  readonly fresh: string;
  /** The mark `+`, `-` or blank; empty for others. */
  readonly mark: string;
  readonly tokens: readonly Token[];
}

/** The rows of one file. */
export interface DiffFile {
  readonly id: string;
  readonly path: string;
  readonly added: number;
  readonly removed: number;
  readonly rows: readonly DiffRow[];
}

/** Lines of a diff that a page shows; the rest is in the raw mail. */
export const ROWS = 6000;
const LONGEST = 1000;

const HUNK = /^@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@/;
const FILE = /^(?:diff --git |Index: |diff -)/;

/** Splits a diff by file and numbers its lines. @param first position of its first line among the lines of the patch */
export function diffFiles(lines: readonly string[], first: number): readonly DiffFile[] {
  const files: { path: string; rows: DiffRow[] }[] = [];
  let place: Place = NOWHERE;
  let colour = highlighter('');
  for (const [offset, text] of lines.slice(0, ROWS).entries()) {
    const line = first + offset;
    const inHunk = place.before > 0 || place.after > 0;
    const heading = inHunk ? null : placeOf(text);
    if (files.length === 0 || (!inHunk && beginsFile(text, lines[offset + 1] ?? '', files.at(-1))))
      files.push({ path: '', rows: [] });
    const file = files.at(-1);
    if (file === undefined) break;
    if (heading !== null) {
      place = heading;
      file.rows.push(plainRow(line, 'hunk', text));
    } else if (inHunk) {
      const row = hunkRow(line, text, place, colour);
      place = placeAfter(place, row.kind);
      file.rows.push(row);
    } else {
      const path = pathIn(text);
      if (path !== '') {
        if (file.path === '' || text.startsWith('+++ ')) file.path = path === '/dev/null' ? file.path : path;
        colour = highlighter(file.path);
      }
      file.rows.push(plainRow(line, 'meta', text));
    }
  }
  const markWords = wordMarker();
  return files.map(({ path, rows }, at) => ({
    id: `file-${at + 1}`,
    path: path === '' ? '(no name)' : visible(path).slice(0, 300),
    added: rows.filter(({ kind }) => kind === 'added').length,
    removed: rows.filter(({ kind }) => kind === 'removed').length,
    rows: markWords(rows),
  }));
}

/** Where the next line of a hunk stands in the two files, and how many lines of each are left of it. */
interface Place {
  readonly old: number;
  readonly fresh: number;
  readonly before: number;
  readonly after: number;
}

const NOWHERE: Place = { old: 0, fresh: 0, before: 0, after: 0 };

function placeOf(text: string): Place | null {
  const [whole, old, before = 1, fresh, after = 1] = HUNK.exec(text) ?? [];
  if (whole === undefined) return null;
  return { old: Number(old), fresh: Number(fresh), before: Number(before), after: Number(after) };
}

function placeAfter({ old, fresh, before, after }: Place, kind: DiffRow['kind']): Place {
  const [inOld, inFresh] = [
    kind === 'removed' || kind === 'context' ? 1 : 0,
    kind === 'added' || kind === 'context' ? 1 : 0,
  ];
  return { old: old + inOld, fresh: fresh + inFresh, before: before - inOld, after: after - inFresh };
}

function hunkRow(line: number, text: string, { old, fresh }: Place, colour: ReturnType<typeof highlighter>): DiffRow {
  const mark = text[0] ?? ' ';
  if (mark === '\\') return plainRow(line, 'meta', text);
  const kind = mark === '+' ? 'added' : mark === '-' ? 'removed' : 'context';
  const numbers = { old: kind === 'added' ? '' : String(old), fresh: kind === 'removed' ? '' : String(fresh) };
  return { line, kind, ...numbers, mark, tokens: colour(cut(text.slice(1))) };
}

function plainRow(line: number, kind: DiffRow['kind'], text: string): DiffRow {
  return { line, kind, old: '', fresh: '', mark: '', tokens: plain(text) };
}

function beginsFile(text: string, next: string, last: { readonly rows: readonly DiffRow[] } | undefined): boolean {
  return FILE.test(text) || (text.startsWith('--- ') && next.startsWith('+++ ') && isNew(last));
}

/** Whether a file has had its hunks, so that `---` begins the next one. */
function isNew(file: { readonly rows: readonly DiffRow[] } | undefined): boolean {
  return file === undefined || file.rows.some(({ kind }) => kind === 'hunk');
}

function pathIn(line: string): string {
  const [, path = ''] = /^(?:---|\+\+\+) "?(?:[ab]\/)?([^\t]+)/.exec(line) ?? /^Index: (.+)/.exec(line) ?? [];
  return path.trim().replace(/"$/, '');
}

function plain(text: string): readonly Token[] {
  return [{ kind: 'plain', text: cut(text) }];
}

function cut(text: string): string {
  return text.length <= LONGEST
    ? text
    : `${text.slice(0, LONGEST).toWellFormed()} [… ${text.length - LONGEST} more characters]`;
}
