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
  let [old, fresh, before, after] = [0, 0, 0, 0];
  let colour = highlighter('');
  for (const [offset, text] of lines.slice(0, ROWS).entries()) {
    const line = first + offset;
    const inHunk = before > 0 || after > 0;
    const heading = inHunk ? null : HUNK.exec(text);
    const next = lines[offset + 1] ?? '';
    const starts =
      !inHunk && (FILE.test(text) || (text.startsWith('--- ') && next.startsWith('+++ ') && isNew(files.at(-1))));
    if (starts || files.length === 0) files.push({ path: '', rows: [] });
    const file = files.at(-1);
    if (file === undefined) break;
    if (heading !== null) {
      [old, fresh] = [Number(heading[1]), Number(heading[3])];
      [before, after] = [Number(heading[2] ?? 1), Number(heading[4] ?? 1)];
      file.rows.push({ line, kind: 'hunk', old: '', fresh: '', mark: '', tokens: plain(text) });
    } else if (inHunk) {
      const mark = text[0] ?? ' ';
      const kind = mark === '+' ? 'added' : mark === '-' ? 'removed' : mark === '\\' ? 'meta' : 'context';
      const numbers = {
        old: kind === 'added' || kind === 'meta' ? '' : String(old),
        fresh: kind === 'removed' || kind === 'meta' ? '' : String(fresh),
      };
      file.rows.push({
        line,
        kind,
        ...numbers,
        mark: kind === 'meta' ? '' : mark,
        tokens: kind === 'meta' ? plain(text) : colour(cut(text.slice(1))),
      });
      if (kind === 'removed' || kind === 'context') [old, before] = [old + 1, before - 1];
      if (kind === 'added' || kind === 'context') [fresh, after] = [fresh + 1, after - 1];
    } else {
      const path = pathIn(text);
      if (path !== '') {
        if (file.path === '' || text.startsWith('+++ ')) file.path = path === '/dev/null' ? file.path : path;
        colour = highlighter(file.path);
      }
      file.rows.push({ line, kind: 'meta', old: '', fresh: '', mark: '', tokens: plain(text) });
    }
  }
  return files.map(({ path, rows }, at) => ({
    id: `file-${at + 1}`,
    path: path === '' ? '(no name)' : visible(path).slice(0, 300),
    added: rows.filter(({ kind }) => kind === 'added').length,
    removed: rows.filter(({ kind }) => kind === 'removed').length,
    rows,
  }));
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
