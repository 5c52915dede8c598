import { hunkHeading } from '../../patch/hunk-heading.ts';
import { decline } from './outcome.ts';
import type { Reader } from './reader.ts';

/** One hunk: the lines it expects (`pre`) and the lines it leaves (`post`), context included, with their line ends. */
export interface Hunk {
  /** Line numbers of the heading, from 1; 0 for an empty side. */
  readonly oldStart: number;
  readonly newStart: number;
  readonly pre: string;
  readonly preLines: number;
  readonly post: string;
  readonly postLines: number;
  /** Number of context lines after the last change. None: the hunk belongs at the end of the file. */
  readonly trailing: number;
  /** The last line of that side has no newline. */
  readonly preOpen: boolean;
  readonly postOpen: boolean;
}

const SPACE = 32;
const MINUS = 45;
const PLUS = 43;
const NEWLINE = 10;
const BACKSLASH = 92;

/** Reads all hunks that begin at the reader's place. */
export function readHunks(reader: Reader): Hunk[] {
  const hunks: Hunk[] = [];
  while (reader.startsWith('@@ -')) hunks.push(readHunk(reader));
  return hunks;
}

/** Sides of a hunk while it is read. */
interface Sides {
  readonly pre: string[];
  readonly post: string[];
  trailing: number;
  changes: number;
  preOpen: boolean;
  postOpen: boolean;
}

function readHunk(reader: Reader): Hunk {
  const heading = hunkHeading(reader.line()) ?? decline('malformed', reader.line());
  reader.next();
  const sides: Sides = { pre: [], post: [], trailing: 0, changes: 0, preOpen: false, postOpen: false };
  const { oldLines: old, newLines: fresh } = heading;
  while (sides.pre.length < old || sides.post.length < fresh) readLine(reader, sides);
  if (sides.pre.length !== old || sides.post.length !== fresh)
    decline('malformed', 'a hunk has more lines than it says');
  if (sides.changes === 0) decline('malformed', 'a hunk changes nothing');
  return {
    oldStart: heading.oldStart,
    newStart: heading.newStart,
    pre: sides.pre.join(''),
    preLines: old,
    post: sides.post.join(''),
    postLines: fresh,
    trailing: sides.trailing,
    preOpen: sides.preOpen,
    postOpen: sides.postOpen,
  };
}

/** One line of a hunk, with the `\ No newline at end of file` that may follow it. */
function readLine(reader: Reader, sides: Sides): void {
  const kind = reader.code();
  if (!reader.hasNewline()) decline('malformed', 'a hunk is cut short');
  const open = reader.codeOfNext() === BACKSLASH;
  const text = reader.line();
  // A context line of blanks only may have lost its blank on the way: git takes an empty line for it.
  const empty = kind === NEWLINE;
  if (open && text.length < 2) decline('open-end');
  const content = `${empty ? '' : text.slice(1)}${open ? '' : '\n'}`;
  if (kind === SPACE || empty) addContext(sides, content, open);
  else if (kind === MINUS) addOld(sides, content, open);
  else if (kind === PLUS) addNew(sides, content, open);
  else decline('malformed', 'a line of a hunk begins with none of its marks');
  if (kind === MINUS || kind === PLUS) {
    sides.changes++;
    sides.trailing = 0;
  }
  reader.next();
  if (open) skipMark(reader);
}

function addContext(sides: Sides, content: string, open: boolean): void {
  addOld(sides, content, open);
  addNew(sides, content, open);
  sides.trailing++;
}

function addOld(sides: Sides, content: string, open: boolean): void {
  if (sides.preOpen) decline('open-end');
  sides.pre.push(content);
  sides.preOpen = open;
}

function addNew(sides: Sides, content: string, open: boolean): void {
  if (sides.postOpen) decline('open-end');
  sides.post.push(content);
  sides.postOpen = open;
}

/** git wants a blank and at least ten more characters, whatever the language of the words. */
function skipMark(reader: Reader): void {
  const mark = reader.line();
  if (mark.length < 12 || mark[1] !== ' ') decline('open-end', mark);
  reader.next();
}
