import { inflateSync } from 'node:zlib';
import { decline, Refused } from './outcome.ts';
import type { Reader } from './reader.ts';

/** The forward part of a `GIT binary patch`: whole contents, or a delta against what is there. */
export interface BinaryPart {
  readonly kind: 'literal' | 'delta';
  readonly data: Buffer;
}

/** More than this no part may unpack to, nor a delta make: 64 MiB. */
const LARGEST = 64 << 20;

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~';
const DIGITS: ReadonlyMap<number, number> = new Map(
  ALPHABET.split('').map((digit, value) => [digit.charCodeAt(0), value]),
);

/** Reads forward and backward part behind the `GIT binary patch` line; the backward one only says how to undo. */
export function readBinary(reader: Reader): BinaryPart {
  const forward = readPart(reader);
  if (forward === null) return decline('binary-damaged', 'it has no data');
  readPart(reader);
  return forward;
}

function readPart(reader: Reader): BinaryPart | null {
  const [, kind, digits = ''] = /^(literal|delta) (\d{1,15})$/.exec(reader.line()) ?? [];
  if (kind !== 'literal' && kind !== 'delta') return null;
  const size = Number(digits);
  if (size > LARGEST) throw new Refused(`a binary part is larger than ${LARGEST >> 20} MiB`);
  reader.next();
  const lines: Buffer[] = [];
  for (; reader.line() !== ''; reader.next()) lines.push(decodeLine(reader.line()));
  if (reader.done) decline('binary-damaged', 'it is cut short');
  reader.next();
  return { kind, data: inflate(Buffer.concat(lines), size) };
}

function inflate(packed: Buffer, size: number): Buffer {
  let data: Buffer;
  try {
    data = inflateSync(packed, { maxOutputLength: Math.max(size, 64) });
  } catch {
    return decline('binary-damaged', 'it cannot be unpacked');
  }
  return data.length === size ? data : decline('binary-damaged', 'it has another size than it says');
}

/** One line of git's base 85 (base85.c): a letter for the number of bytes, then five digits for every four bytes. */
function decodeLine(line: string): Buffer {
  const letter = line.charCodeAt(0);
  const length = letter >= 97 && letter <= 122 ? letter - 70 : letter - 64;
  const words = Math.ceil(length / 4);
  if (!/^[A-Za-z]/.test(line) || line.length !== 1 + words * 5) decline('binary-damaged', 'a line has a wrong length');
  const bytes = Buffer.alloc(words * 4);
  for (let word = 0; word < words; word++) {
    let value = 0;
    for (let at = 1 + word * 5; at < 6 + word * 5; at++)
      value = value * 85 + (DIGITS.get(line.charCodeAt(at)) ?? decline('binary-damaged', 'it has a wrong character'));
    if (value > 0xffffffff) decline('binary-damaged', 'it has a wrong character');
    bytes.writeUInt32BE(value, word * 4);
  }
  return bytes.subarray(0, length);
}

/** What a binary part makes of `before`. */
export function applyBinary(before: Buffer, part: BinaryPart): Buffer {
  return part.kind === 'literal' ? part.data : applyDelta(before, part.data);
}

/** Applies a delta in git's pack format (gitformat-pack(5), "Deltified representation"). */
function applyDelta(before: Buffer, delta: Buffer): Buffer {
  const ops = new Ops(delta);
  const size = ops.size();
  const wanted = ops.size();
  if (size !== before.length) decline('binary-ids');
  if (wanted > LARGEST) throw new Refused(`a binary delta makes more than ${LARGEST >> 20} MiB`);
  const after = Buffer.alloc(wanted);
  let filled = 0;
  while (!ops.done) {
    const piece = ops.piece(before);
    if (filled + piece.length > wanted) decline('binary-damaged', 'a delta makes too much');
    piece.copy(after, filled);
    filled += piece.length;
  }
  return filled === wanted ? after : decline('binary-damaged', 'a delta makes too little');
}

class Ops {
  readonly #delta: Buffer;
  #at = 0;

  constructor(delta: Buffer) {
    this.#delta = delta;
  }

  get done(): boolean {
    return this.#at >= this.#delta.length;
  }

  size(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 49; scale *= 128) {
      const byte = this.#byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    return decline('binary-damaged', 'a delta has a wrong size');
  }

  /** The bytes of the next instruction: a piece of `before`, or new ones. */
  piece(before: Buffer): Buffer {
    const op = this.#byte();
    if (op === 0) decline('binary-damaged', 'a delta has an unknown instruction');
    const from = op < 128 ? this.#delta : before;
    const offset = op < 128 ? this.#at : this.#number(op, 4);
    const length = op < 128 ? op : this.#number(op >> 4, 3) || 0x10000;
    if (offset + length > from.length) decline('binary-damaged', 'a delta reaches too far');
    if (op < 128) this.#at += length;
    return from.subarray(offset, offset + length);
  }

  /** A number of which only the bytes whose bits are set in `present` are written. */
  #number(present: number, bytes: number): number {
    let value = 0;
    for (let byte = 0; byte < bytes; byte++) if (present & (1 << byte)) value += this.#byte() * 2 ** (8 * byte);
    return value;
  }

  #byte(): number {
    return this.#delta[this.#at++] ?? decline('binary-damaged', 'a delta is cut short');
  }
}
