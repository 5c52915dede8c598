import { hunkHeading } from './hunk-heading.ts';

/** One file's part of a diff. Paths are Unicode, without `a/` and `b/`; null stands for /dev/null. */
export interface FileDiff {
  readonly oldPath: string | null;
  readonly newPath: string | null;
  /** Lines that say something beyond added and removed text: mode, rename, copy, binary data. */
  readonly notes: readonly string[];
  /** `+` and `-` lines in order, as latin1 text. */
  readonly changes: readonly string[];
}

export interface Diff {
  /** Exact bytes as latin1 text, first header to end of the last hunk; `git apply` takes them unchanged. */
  readonly text: string;
  /** Number of the line at which it begins. */
  readonly at: number;
  readonly files: readonly FileDiff[];
  /** Whether every hunk has the lines that its heading promises. */
  readonly whole: boolean;
}

/** Headers that git writes between `diff --git` and the first hunk (git-diff(1), "generating patch text"). */
const EXTENDED =
  /^(?:index |old mode |new mode |deleted file mode |new file mode |copy from |copy to |rename from |rename to |similarity index |dissimilarity index |Binary files )/;
const NOTED = /^(?:old mode|new mode|deleted file|new file|copy|rename|Binary files) /;

/** Undoes git's C-style quoting of a path and reads its bytes as UTF-8. */
function unquote(raw: string): string {
  const quoted = /^"(.*)"$/.exec(raw)?.[1];
  const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' };
  const bytes =
    quoted === undefined
      ? raw
      : quoted.replaceAll(/\\([0-7]{3}|.)/g, (_, code: string) =>
          code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8) & 255) : (escapes[code] ?? code),
        );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** The path of a `---` or `+++` line: a time stamp after a tab goes, and so does the first folder, as `-p1` has it. */
function pathOf(line: string): string | null {
  const name = line.slice(4).split('\t')[0]?.trimEnd() ?? '';
  if (name === '/dev/null') return null;
  return stripFolder(unquote(name));
}

function stripFolder(path: string): string {
  const slash = path.indexOf('/');
  return slash < 0 ? path : path.slice(slash + 1);
}

/** Old and new path of `diff --git a/x b/x`, which are the same where no other header names them. */
function gitPath(line: string): string | null {
  const names = line.slice('diff --git '.length).trimEnd();
  const quoted = names.endsWith('"') ? /("(?:[^"\\]|\\.){1,4000}")$/.exec(names)?.[1] : undefined;
  if (quoted !== undefined) return stripFolder(unquote(quoted));
  const half = (names.length - 1) / 2;
  return names[half] === ' ' ? stripFolder(unquote(names.slice(half + 1))) : null;
}

function isPlainHeader(lines: readonly string[], at: number): boolean {
  return (
    (lines[at]?.startsWith('--- ') ?? false) &&
    (lines[at + 1]?.startsWith('+++ ') ?? false) &&
    hunkHeading(lines[at + 2] ?? '') !== null
  );
}

/** Reads one file of a diff line by line; `at` is the next line to read. */
class FileReader {
  readonly #lines: readonly string[];
  readonly #notes: string[] = [];
  readonly #changes: string[] = [];
  at: number;
  /** False once a hunk has ended before its heading says so. */
  whole = true;
  #oldPath: string | null = null;
  #newPath: string | null = null;

  constructor(lines: readonly string[], at: number) {
    this.#lines = lines;
    this.at = at;
  }

  /** Null where what looked like a header has nothing behind it. */
  read(): FileDiff | null {
    const git = this.#peek().startsWith('diff --git ');
    if (git) this.#readGitHeader();
    if (isPlainHeader(this.#lines, this.at)) {
      this.#oldPath = pathOf(this.#peek());
      this.#newPath = pathOf(this.#lines[this.at + 1] ?? '');
      this.at += 2;
      while (this.#readHunk());
    } else if (this.#peek() === 'GIT binary patch') this.#readBinary();
    if (this.#notes.length === 0 && this.#changes.length === 0) return null;
    return { oldPath: this.#oldPath, newPath: this.#newPath, notes: this.#notes, changes: this.#changes };
  }

  #peek(): string {
    return this.#lines[this.at] ?? '';
  }

  #readGitHeader(): void {
    this.#oldPath = gitPath(this.#peek());
    this.#newPath = this.#oldPath;
    for (this.at += 1; EXTENDED.test(this.#peek()); this.at += 1) {
      const line = this.#peek();
      if (NOTED.test(line)) this.#notes.push(line);
      const moved = /^(?:rename|copy) (from|to) (.+)$/.exec(line);
      if (moved?.[1] === 'from') this.#oldPath = unquote(moved[2] ?? '');
      else if (moved !== null) this.#newPath = unquote(moved[2] ?? '');
      if (line.startsWith('deleted file')) this.#newPath = null;
      if (line.startsWith('new file')) this.#oldPath = null;
    }
  }

  /** Counts the lines that the hunk's heading promises; a damaged hunk ends at the first line that is none of a diff's. */
  #readHunk(): boolean {
    const heading = hunkHeading(this.#peek());
    if (heading === null) return false;
    let { oldLines: before, newLines: after } = heading;
    for (this.at += 1; before > 0 || after > 0; this.at += 1) {
      const line = this.#lines[this.at];
      const kind = line?.[0] ?? ' ';
      if (line === undefined || !' +-\\'.includes(kind)) {
        this.whole = false;
        break;
      }
      if (kind === ' ' || kind === '-') before -= 1;
      if (kind === ' ' || kind === '+') after -= 1;
      if (kind === '+' || kind === '-') this.#changes.push(line);
    }
    if (this.#peek().startsWith('\\ ')) this.at += 1;
    return true;
  }

  #readBinary(): void {
    for (this.at += 1; /^(?:literal|delta) \d+$/.test(this.#peek()); ) {
      while (this.at < this.#lines.length && this.#peek() !== '') {
        this.#notes.push(this.#peek());
        this.at += 1;
      }
      if (this.#peek() === '' && this.at < this.#lines.length) this.at += 1;
    }
  }
}

/**
 * Finds the diff in the lines of a mail (latin1, no line ends), from line `from` on: git's form, plain `diff -u`, quilt without
 * `diff --git`, `Index:`. Hunk lines are counted, so that `-- ` below the last hunk and list footers stay out, and a quoted
 * diff is none. Null where there is no diff.
 */
export function findDiff(lines: readonly string[], from: number): Diff | null {
  const files: FileDiff[] = [];
  let first = -1;
  let end = from;
  let whole = true;
  for (let at = from; at < lines.length; ) {
    const git = lines[at]?.startsWith('diff --git ') ?? false;
    if (!git && !isPlainHeader(lines, at)) {
      at += 1;
      continue;
    }
    const reader = new FileReader(lines, at);
    const file = reader.read();
    if (file !== null) {
      files.push(file);
      whole &&= reader.whole;
      if (first < 0) first = at;
      end = reader.at;
    }
    at = Math.max(reader.at, at + 1);
  }
  if (first < 0) return null;
  const lost = lostHunk(lines, end);
  const text = `${lines.slice(first, Math.max(end, lost)).join('\n')}\n`;
  return { text, at: first, files, whole: whole && lost <= end };
}

/** End of the last hunk below `from` that no file header leads: it is kept, so that git refuses the damaged patch as a whole. */
function lostHunk(lines: readonly string[], from: number): number {
  const at = lines.findLastIndex((line) => hunkHeading(line) !== null);
  return at < from ? 0 : at + 1;
}

/** Paths touched: new names in order, then old names that are not among them. */
export function pathsOf(files: readonly FileDiff[]): string[] {
  const names = [...files.map((file) => file.newPath ?? file.oldPath), ...files.map((file) => file.oldPath)];
  return [...new Set(names.filter((name) => name !== null))];
}
