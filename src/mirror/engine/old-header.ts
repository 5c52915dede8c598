import type { Header } from './git-header.ts';
import type { Hunk } from './hunk.ts';
import { decline } from './outcome.ts';
import { strip } from './paths.ts';
import type { Reader } from './reader.ts';

const NAME = /^([^\s"]+)(?:\t(.*))?$/;
const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,12})? [+-]\d{4}$/;

/** True where `---`, `+++` and a hunk stand here without a `diff --git` line: diff -u, quilt, Index:. */
export function isOldHeader(reader: Reader): boolean {
  return (
    reader.startsWith('--- ') &&
    (reader.ahead(1)?.startsWith('+++ ') ?? false) &&
    (reader.ahead(2)?.startsWith('@@ -') ?? false)
  );
}

/** Reads the two lines of an old-style header. Time stamps of the epoch, which stand for "not there" in some tools, are git's to judge. */
export function readOldHeader(reader: Reader, folders: number): Header {
  const from = nameOf(reader.line(), folders);
  reader.next();
  const to = nameOf(reader.line(), folders);
  reader.next();
  if (from === null && to === null) decline('odd-header', 'both files are /dev/null');
  if (from !== null && to !== null && from !== to) decline('names-differ');
  return { from, to, copy: false, oldMode: null, newMode: null, oldId: null, newId: null };
}

function nameOf(line: string, folders: number): string | null {
  const [, name, time] = NAME.exec(line.slice(4)) ?? [];
  if (name === undefined) return decline('odd-name', line);
  if (time !== undefined && time !== '' && (!TIME.test(time) || /^19(?:69|70)-/.test(time)))
    decline('odd-header', line);
  return name === '/dev/null' ? null : strip(name, folders);
}

/** One hunk with an empty side could be a new or a deleted file as well as a changed one. */
export function checkOldHunks(header: Header, hunks: readonly Hunk[]): void {
  const [only] = hunks;
  if (header.from === null || header.to === null || hunks.length !== 1 || only === undefined) return;
  if (only.preLines === 0 || only.postLines === 0) decline('new-or-deleted');
}
