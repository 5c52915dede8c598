import type { Edit } from './place.ts';

const LONGEST_COPY = 0x10000;
const LONGEST_INSERT = 127;

/** Writes a delta in git's pack format (gitformat-pack(5)): sizes first, then pieces that are copied or inserted. */
class DeltaWriter {
  #bytes = Buffer.allocUnsafe(1024);
  #length = 0;

  constructor(before: number, after: number) {
    this.#size(before);
    this.#size(after);
  }

  copy(offset: number, length: number): void {
    for (let done = 0; done < length; done += LONGEST_COPY)
      this.#copyOne(offset + done, Math.min(LONGEST_COPY, length - done));
  }

  /** Only the bytes of a number that are not zero are written; a length of 64 KiB is the one that has none. */
  #copyOne(offset: number, length: number): void {
    this.#room(8);
    const at = this.#length++;
    let op = 128;
    for (let byte = 0; byte < 4; byte++) if (this.#byteOf(offset, byte)) op |= 1 << byte;
    if (length !== LONGEST_COPY) for (let byte = 0; byte < 2; byte++) if (this.#byteOf(length, byte)) op |= 16 << byte;
    this.#bytes[at] = op;
  }

  #byteOf(number: number, byte: number): boolean {
    const value = (number >>> (8 * byte)) & 255;
    if (value === 0) return false;
    this.#bytes[this.#length++] = value;
    return true;
  }

  insert(bytes: string | Buffer): void {
    for (let done = 0; done < bytes.length; ) {
      const length = Math.min(LONGEST_INSERT, bytes.length - done);
      this.#room(length + 1);
      this.#bytes[this.#length++] = length;
      if (typeof bytes === 'string') this.#bytes.write(bytes.slice(done, done + length), this.#length, 'latin1');
      else bytes.copy(this.#bytes, this.#length, done, done + length);
      this.#length += length;
      done += length;
    }
  }

  done(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#length));
  }

  #size(value: number): void {
    this.#room(8);
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) this.#bytes[this.#length++] = (rest & 127) | 128;
    this.#bytes[this.#length++] = rest;
  }

  #room(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + more));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

/** The delta that a patched file is, taken straight from its hunks. */
export function deltaOfEdits(before: string, after: string, edits: readonly Edit[]): Buffer {
  const writer = new DeltaWriter(before.length, after.length);
  let at = 0;
  for (const { start, end, post } of edits) {
    writer.copy(at, start - at);
    writer.insert(post);
    at = end;
  }
  writer.copy(at, before.length - at);
  return writer.done();
}

const ID_BYTES = 20;

/** The delta between two trees of the same length, which differ in ids only. */
export function deltaOfIds(before: Buffer, after: Buffer): Buffer {
  const writer = new DeltaWriter(before.length, after.length);
  let same = 0;
  for (let at = 0; at < after.length; at++) {
    if (before[at] === after[at]) continue;
    const end = Math.min(at + ID_BYTES, after.length);
    writer.copy(same, at - same);
    writer.insert(after.subarray(at, end));
    same = end;
    at = end - 1;
  }
  writer.copy(same, after.length - same);
  return writer.done();
}
