import { type HunkHeading, hunkHeading } from '../../patch/hunk-heading.ts';
import { type Header, readGitHeader } from '../engine/git-header.ts';
import { isOldHeader, readOldHeader } from '../engine/old-header.ts';
import { Declined } from '../engine/outcome.ts';
import { Reader } from '../engine/reader.ts';
import type { MirrorPatch } from '../mirror.ts';

/** A patch as `git range-diff` compares it. */
export interface PatchText {
  readonly title: string;
  /** Author, message and diff, with section lines of git's making. Unicode. */
  readonly lines: readonly string[];
  /** Where in `lines` the diff begins. */
  readonly diffAt: number;
}

/**
 * The text that `git range-diff` makes of a commit (git's range-diff.c, read_patches): without line numbers and blob ids, so that
 * only what people wrote counts.
 */
export function patchText(patch: MirrorPatch): PatchText {
  const message = patch.message.trimEnd().split('\n');
  const head = [
    ' ## Metadata ##',
    `Author: ${patch.author.name} <${patch.author.email}>`,
    '',
    ' ## Commit message ##',
    ...message.map((line) => (line.trim() === '' ? '' : `    ${line.trimEnd()}`)),
    '',
  ];
  return { title: message[0] ?? '', lines: [...head, ...diffLines(patch.diff)], diffAt: head.length };
}

function diffLines(diff: string): string[] {
  const reader = new Reader(Buffer.from(diff, 'latin1').toString('utf8'));
  const lines: string[] = [];
  let name = '';
  while (!reader.done) {
    const header = readHeader(reader);
    const heading = header === null ? hunkHeading(reader.line()) : null;
    if (header !== null) {
      name = header.to ?? header.from ?? '';
      lines.push(...(lines.length > 0 ? [''] : []), ` ## ${titleOf(header)} ##`);
    } else if (heading !== null) readHunk(reader, heading, name, lines);
    else if (reader.line() === 'GIT binary patch') {
      lines.push(` Binary files ${name} and ${name} differ`);
      skipBinary(reader);
    } else {
      if (reader.line().startsWith('Binary files ')) lines.push(` ${reader.line()}`);
      reader.next();
    }
  }
  return lines;
}

/** Null where no header stands here; one that is too odd to be read is passed over line by line. */
function readHeader(reader: Reader): Header | null {
  try {
    if (reader.startsWith('diff --git ')) return readGitHeader(reader, 1);
    return isOldHeader(reader) ? readOldHeader(reader, 1) : null;
  } catch (error) {
    if (!(error instanceof Declined)) throw error;
    return null;
  }
}

function titleOf({ from, to, oldMode, newMode }: Header): string {
  const name =
    from === null ? `${to} (new)` : to === null ? `${from} (deleted)` : from === to ? to : `${from} => ${to}`;
  const modes = oldMode !== null && newMode !== null && oldMode !== newMode;
  return modes ? `${name} (mode change ${octal(oldMode)} => ${octal(newMode)})` : name;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(6, '0');
}

function readHunk(reader: Reader, heading: HunkHeading, name: string, lines: string[]): void {
  const section = heading.section.trimEnd();
  lines.push(`@@${section === '' ? '' : ` ${name}:${section}`}`);
  let { oldLines: before, newLines: after } = heading;
  for (reader.next(); !reader.done && (before > 0 || after > 0 || reader.startsWith('\\')); reader.next()) {
    const line = reader.line();
    const kind = line[0] ?? ' ';
    if (kind === '\\') lines.push(` ${line}`);
    else lines.push(line === '' ? ' ' : line);
    if (kind === ' ' || kind === '-') before--;
    if (kind === ' ' || kind === '+') after--;
  }
}

function skipBinary(reader: Reader): void {
  for (reader.next(); /^(?:literal|delta) \d+$/.test(reader.line()); reader.next())
    while (!reader.done && reader.line() !== '') reader.next();
}
