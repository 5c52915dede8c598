import { decodeText } from './charset.ts';
import { unflow } from './flowed.ts';
import { firstValue, readHeaders } from './headers.ts';
import type { HeaderField } from './headers.ts';
import { parseParameters } from './parameters.ts';
import type { Parameterised } from './parameters.ts';
import { decodeTransfer, foldCrlf, isKnownEncoding } from './transfer.ts';

/** A part of a mail that has no parts. */
export interface MimeLeaf {
  /** Lower case media type; `text/plain` where none is given. */
  readonly type: string;
  readonly charset: string;
  readonly flowed: boolean;
  readonly delSp: boolean;
  /** `inline`, `attachment` or empty. */
  readonly disposition: string;
  readonly filename: string;
  readonly encoding: string;
  /** As sent, transfer encoding still on. */
  readonly bytes: Buffer;
  /** True where the mail is this one part. */
  readonly root: boolean;
}

const DEPTH_CAP = 20;
const PART_CAP = 1_000;

/**
 * Takes a mail apart (RFC 2046 §5.1). Every level is one native search for its boundary, so the cost is the size of the mail
 * times at most 20 levels. A mail within a mail (message/rfc822) is a leaf: what it says was not said by this writer.
 * `oddities` gets what was wrong.
 */
export function leavesOf(
  bytes: Buffer,
  fields: readonly HeaderField[],
  bodyStart: number,
  oddities: Set<string>,
): MimeLeaf[] {
  const leaves: MimeLeaf[] = [];
  walk({ bytes, leaves, oddities, parts: 0 }, fields, bodyStart, bytes.length, 0);
  return leaves;
}

/** Decoded bytes of a leaf. */
export function leafBytes(leaf: MimeLeaf): Buffer {
  return decodeTransfer(leaf.bytes, leaf.encoding);
}

/** Text of a leaf with the charset that was used; line ends are LF. */
export function leafText(leaf: MimeLeaf, decoded: Buffer, oddities: Set<string>): { text: string; charset: string } {
  const { text, charset, oddity } = decodeText(decoded, leaf.charset);
  if (oddity !== null) oddities.add(oddity);
  return { text: leaf.flowed ? unflow(text, leaf.delSp) : text, charset };
}

/** `foldCrlf` of the decoded bytes: what a diff is read from. */
export function leafBody(leaf: MimeLeaf): Buffer {
  return foldCrlf(leafBytes(leaf));
}

interface Walk {
  readonly bytes: Buffer;
  readonly leaves: MimeLeaf[];
  readonly oddities: Set<string>;
  parts: number;
}

function walk(state: Walk, fields: readonly HeaderField[], start: number, end: number, depth: number): void {
  const type = parseParameters(firstValue(fields, 'content-type') ?? 'text/plain');
  const boundary = type.params.get('boundary') ?? '';
  if (!type.value.startsWith('multipart/')) return addLeaf(state, fields, type, start, end, depth);
  if (boundary === '') state.oddities.add('multipart without a boundary');
  else if (depth >= DEPTH_CAP) state.oddities.add(`MIME nested deeper than ${DEPTH_CAP}`);
  else return walkParts(state, boundary, start, end, depth);
  addLeaf(
    state,
    fields,
    { value: boundary === '' ? 'text/plain' : 'application/octet-stream', params: new Map() },
    start,
    end,
    depth,
  );
}

function walkParts(state: Walk, boundary: string, start: number, end: number, depth: number): void {
  const delimiter = Buffer.from(`--${boundary}`, 'latin1');
  let partStart = -1;
  for (
    let at = nextDelimiter(state.bytes, delimiter, start, end);
    at !== null;
    at = nextDelimiter(state.bytes, delimiter, at.after, end)
  ) {
    if (partStart >= 0) addPart(state, partStart, beforeEol(state.bytes, partStart, at.start), depth);
    if (at.last) return;
    partStart = at.after;
    if (state.parts >= PART_CAP) {
      state.oddities.add(`more than ${PART_CAP} MIME parts`);
      return;
    }
  }
  state.oddities.add(partStart < 0 ? 'multipart without parts' : 'MIME ends without its closing boundary');
  if (partStart >= 0) addPart(state, partStart, end, depth);
  else addLeaf(state, [], { value: 'text/plain', params: new Map() }, start, end, depth);
}

function addPart(state: Walk, start: number, end: number, depth: number): void {
  state.parts += 1;
  const { fields, bodyStart } = readHeaders(state.bytes, start, Math.max(start, end));
  walk(state, fields, bodyStart, Math.max(bodyStart, end), depth + 1);
}

interface Delimiter {
  readonly start: number;
  /** First byte of the next line. */
  readonly after: number;
  readonly last: boolean;
}

/** The next line that is the delimiter, perhaps closing, with nothing but blanks behind it. */
function nextDelimiter(bytes: Buffer, delimiter: Buffer, from: number, end: number): Delimiter | null {
  for (let at = bytes.indexOf(delimiter, from); at >= 0 && at < end; at = bytes.indexOf(delimiter, at + 1)) {
    if (at !== from && bytes[at - 1] !== 0x0a) continue;
    let tail = at + delimiter.length;
    const last = bytes[tail] === 0x2d && bytes[tail + 1] === 0x2d;
    if (last) tail += 2;
    while (bytes[tail] === 0x20 || bytes[tail] === 0x09 || bytes[tail] === 0x0d) tail += 1;
    if (tail >= end) return { start: at, after: end, last };
    if (bytes[tail] === 0x0a) return { start: at, after: tail + 1, last };
  }
  return null;
}

/** The line end before a delimiter belongs to the delimiter. */
function beforeEol(bytes: Buffer, start: number, at: number): number {
  let end = at;
  if (end > start && bytes[end - 1] === 0x0a) end -= 1;
  if (end > start && bytes[end - 1] === 0x0d) end -= 1;
  return end;
}

function addLeaf(
  state: Walk,
  fields: readonly HeaderField[],
  type: Parameterised,
  start: number,
  end: number,
  depth: number,
): void {
  const disposition = parseParameters(firstValue(fields, 'content-disposition') ?? '');
  const encoding = parseParameters(firstValue(fields, 'content-transfer-encoding') ?? '').value;
  if (!isKnownEncoding(encoding)) state.oddities.add('unknown transfer encoding, read as 8bit');
  state.leaves.push({
    type: type.value === '' ? 'text/plain' : type.value,
    charset: type.params.get('charset') ?? '',
    flowed: type.value === 'text/plain' && type.params.get('format')?.toLowerCase() === 'flowed',
    delSp: type.params.get('delsp')?.toLowerCase() === 'yes',
    disposition: disposition.value,
    filename: disposition.params.get('filename') ?? type.params.get('name') ?? '',
    encoding,
    bytes: state.bytes.subarray(start, Math.max(start, end)),
    root: depth === 0,
  });
}
