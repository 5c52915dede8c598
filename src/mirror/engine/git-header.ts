import type { FilePatch } from './file-patch.ts';
import { decline } from './outcome.ts';
import { headerName, strip, unquote } from './paths.ts';
import type { Reader } from './reader.ts';

/** What the header lines of one file say, before it is decided what they mean together. */
interface Said {
  oldName: string | null | undefined;
  newName: string | null | undefined;
  oldMode: number | null;
  newMode: number | null;
  isNew: boolean;
  isDeleted: boolean;
  moved: 'rename' | 'copy' | null;
  from: string | null;
  to: string | null;
  oldId: string | null;
  newId: string | null;
}

const MODES: ReadonlySet<number> = new Set([0o100644, 0o100755, 0o120000]);
const GITLINK = 0o160000;

/** A file patch whose hunks have not been read yet. */
export type Header = Omit<FilePatch, 'hunks' | 'binary'>;

/**
 * Reads the lines from `diff --git` to the first hunk (git-diff(1), "Generating patch text"), with `folders` as `-p` has it.
 * Agreement of all lines is asked for: where they differ, git decides.
 */
export function readGitHeader(reader: Reader, folders: number): Header {
  const name = defaultName(reader.line().slice('diff --git '.length), folders);
  reader.next();
  const said: Said = {
    oldName: undefined,
    newName: undefined,
    oldMode: null,
    newMode: null,
    isNew: false,
    isDeleted: false,
    moved: null,
    from: null,
    to: null,
    oldId: null,
    newId: null,
  };
  let lines = 0;
  // A last line without newline is none to git.
  while (!reader.done && reader.hasNewline() && readLine(reader.line(), said, folders)) {
    lines++;
    reader.next();
  }
  // git keeps the name of a lone line in mind and then takes the next header for inconsistent.
  if (lines === 0) decline('odd-header', 'a "diff --git" line stands alone');
  const { oldMode, newMode, oldId, newId } = said;
  return { ...namesOf(said, name), copy: said.moved === 'copy', oldMode, newMode, oldId, newId };
}

/** Takes one line in; false where it is none of the header's. */
function readLine(line: string, said: Said, folders: number): boolean {
  const [, key = '', value = ''] =
    /^(---|\+\+\+|old mode|new mode|deleted file mode|new file mode|(?:copy|rename) (?:from|to)|index|(?:dis)?similarity index) (.*)$/.exec(
      line,
    ) ?? [];
  switch (key) {
    case '---':
      said.oldName = nameOf(value, folders);
      return true;
    case '+++':
      said.newName = nameOf(value, folders);
      return true;
    case 'old mode':
    case 'deleted file mode':
      said.oldMode = modeOf(value);
      said.isDeleted ||= key === 'deleted file mode';
      return true;
    case 'new mode':
    case 'new file mode':
      said.newMode = modeOf(value);
      said.isNew ||= key === 'new file mode';
      return true;
    case 'index':
      readIndexLine(value, said);
      return true;
    case '':
      if (/^rename (?:old|new) /.test(line)) decline('odd-header', line);
      return false;
    default:
      if (!key.endsWith('index')) readMove(key, value, said, folders);
      return true;
  }
}

function readIndexLine(value: string, said: Said): void {
  const [, oldId, newId, mode] = /^([0-9a-f]{4,40})\.\.([0-9a-f]{4,40})(?: (\d{6}))?$/.exec(value) ?? [];
  if (oldId === undefined || newId === undefined) return decline('odd-header', `index ${value}`);
  said.oldId = oldId;
  said.newId = newId;
  if (mode !== undefined) said.oldMode ??= modeOf(mode);
}

/** git takes one folder less off these names: they are written without `a/`. */
function readMove(key: string, value: string, said: Said, folders: number): void {
  const moved = key.startsWith('rename') ? 'rename' : 'copy';
  if (said.moved !== null && said.moved !== moved) decline('odd-header', key);
  said.moved = moved;
  const name = strip(headerName(value), Math.max(0, folders - 1));
  if (key.endsWith('from')) said.from = name;
  else said.to = name;
}

function modeOf(text: string): number {
  const mode = /^\d{6}$/.test(text) ? Number.parseInt(text, 8) : Number.NaN;
  if (mode === GITLINK) return decline('submodule');
  return MODES.has(mode) ? mode : decline('odd-mode', text);
}

/** The name of a `---` or `+++` line, null for /dev/null. */
function nameOf(value: string, folders: number): string | null {
  if (value.startsWith('"')) {
    const end = value.lastIndexOf('"');
    if (end === 0 || !/^(?:\t|$)/.test(value.slice(end + 1))) decline('odd-name', value);
    return strip(unquote(value.slice(0, end + 1)), folders);
  }
  const tab = value.indexOf('\t');
  const name = tab < 0 ? value : value.slice(0, tab);
  if (name === '/dev/null') return null;
  return name === name.trimEnd() ? strip(name, folders) : decline('odd-name', value);
}

/** The one name that `diff --git a/name b/name` can mean; null where that is not clear. */
function defaultName(names: string, folders: number): string | null {
  if (names.includes('"')) {
    const [, old, fresh] = /^("(?:[^"\\]|\\.)*") ("(?:[^"\\]|\\.)*")$/.exec(names) ?? [];
    if (old === undefined || fresh === undefined) return null;
    const name = strip(unquote(old), folders);
    return name === strip(unquote(fresh), folders) ? name : null;
  }
  const half = (names.length - 1) / 2;
  if (names[half] !== ' ') return null;
  const [old, fresh] = [names.slice(0, half), names.slice(half + 1)];
  if (old.split('/').length <= folders) return null;
  const name = strip(old, folders);
  return name === strip(fresh, folders) ? name : null;
}

function namesOf(said: Said, name: string | null): { from: string | null; to: string | null } {
  if (said.isNew && said.isDeleted) decline('odd-header', 'new and deleted');
  if ((said.oldName === undefined) !== (said.newName === undefined))
    decline('odd-header', 'one of --- and +++ is missing');
  if (said.moved !== null) return movedNames(said);
  if (said.oldName === undefined || said.newName === undefined) {
    if (name === null) return decline('odd-name', 'no header names the file');
    return { from: said.isNew ? null : name, to: said.isDeleted ? null : name };
  }
  const { oldName: from, newName: to } = said;
  if ((from === null) !== said.isNew || (to === null) !== said.isDeleted)
    decline('odd-header', '/dev/null without its mode');
  if (from !== null && to !== null && from !== to) decline('names-differ');
  if (name !== null && (from ?? to) !== name) decline('names-differ');
  return { from, to };
}

function movedNames(said: Said): { from: string; to: string } {
  const { from, to } = said;
  if (from === null || to === null || said.isNew || said.isDeleted) return decline('odd-header', 'half a rename');
  if (said.oldName !== undefined && (said.oldName !== from || said.newName !== to)) decline('names-differ');
  if (from === to) decline('rename-onto-itself', from);
  return { from, to };
}
