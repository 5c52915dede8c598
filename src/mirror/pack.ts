import { hash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';
import type { NewObject } from './engine/object.ts';

/** A pack and its index, ready to be written. */
export interface Pack {
  /** The name that git gives to a pack of these objects. */
  readonly name: string;
  readonly pack: Buffer;
  readonly index: Buffer;
}

interface Packed {
  readonly id: string;
  readonly offset: number;
  readonly crc: number;
}

const TYPES = { commit: 1, tree: 2, blob: 3 } as const;
const OFFSET_DELTA = 6;
const HASH = 20;
/** Bytes of a stored block at most. */
const LARGEST_BLOCK = 0xffff;

/**
 * Packs objects (gitformat-pack(5), version 2), each once. A delta is used where its start stands earlier in the same pack and
 * it saves half: a pack on disk must hold all that it needs.
 */
export function packOf(objects: readonly NewObject[]): Pack {
  const unique = [...new Map(objects.map((object) => [object.id, object])).values()];
  const head = Buffer.alloc(12);
  head.write('PACK');
  head.writeUInt32BE(2, 4);
  head.writeUInt32BE(unique.length, 8);
  const parts: Buffer[] = [head];
  const places = new Map<string, number>();
  const packed: Packed[] = [];
  let offset = head.length;
  for (const object of unique) {
    const bytes = entryOf(object, places, offset);
    const crc = bytes.reduce((sum, part) => crc32(part, sum), 0);
    places.set(object.id, offset);
    packed.push({ id: object.id, offset, crc });
    for (const part of bytes) {
      parts.push(part);
      offset += part.length;
    }
  }
  const body = Buffer.concat(parts, offset);
  const sum = hash('sha1', body, 'buffer');
  return { ...indexOf(packed, sum), pack: Buffer.concat([body, sum]) };
}

function entryOf(object: NewObject, places: ReadonlyMap<string, number>, offset: number): readonly Buffer[] {
  const { delta, data, type } = object;
  const from = delta === null ? undefined : places.get(delta.from);
  if (delta === null || from === undefined || delta.ops.length * 2 > data.length)
    return [entryHead(TYPES[type], data.length), type === 'tree' ? deflateTree(data) : deflate(data)];
  return [entryHead(OFFSET_DELTA, delta.ops.length), distance(offset - from), deflate(delta.ops)];
}

/** Type and size: four bits of the size, then seven a byte. */
function entryHead(type: number, size: number): Buffer {
  const bytes: number[] = [];
  let byte = (type << 4) | (size & 15);
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes.push(byte | 128);
    byte = rest & 127;
  }
  return Buffer.from([...bytes, byte]);
}

/** The odd number of the format: each byte but the last stands for one more than it says. */
function distance(back: number): Buffer {
  const bytes = [back & 127];
  for (let rest = Math.floor(back / 128); rest > 0; rest = Math.floor(rest / 128)) {
    rest--;
    bytes.unshift(128 | (rest & 127));
  }
  return Buffer.from(bytes);
}

/** zlib with as little set-up as the size allows: most objects are a few bytes, and set-up is what costs then. */
function deflate(data: Buffer): Buffer {
  if (data.length < 256) return stored(data);
  if (data.length < 1024) return deflateSync(data, { level: 1, windowBits: 10, memLevel: 2 });
  // Room for all of it at once, and tables that malloc has at hand: both cost as much as the work else.
  return deflateSync(data, { level: 1, memLevel: 7, chunkSize: data.length });
}

/** Half of a tree is ids, which nothing makes smaller: small ones are left as they are. */
function deflateTree(data: Buffer): Buffer {
  return data.length <= LARGEST_BLOCK ? stored(data) : deflate(data);
}

/** One stored block (RFC 1951 §3.2.4) in a zlib frame (RFC 1950). */
function stored(data: Buffer): Buffer {
  const out = Buffer.allocUnsafe(data.length + 11);
  out[0] = 0x78;
  out[1] = 1;
  out[2] = 1;
  out.writeUInt16LE(data.length, 3);
  out.writeUInt16LE(~data.length & 0xffff, 5);
  data.copy(out, 7);
  let [low, high] = [1, 0];
  // Not for…of: this goes over every byte of every tree.
  for (let at = 0; at < data.length; at++) {
    low += data[at] ?? 0;
    high += low;
  }
  out.writeUInt32BE((high % 65521) * 65536 + (low % 65521), data.length + 7);
  return out;
}

/** An index of version 2: fan-out, ids, checksums, offsets. A pack of one series never reaches 2 GiB. */
function indexOf(packed: readonly Packed[], packSum: Buffer): { name: string; index: Buffer } {
  const sorted = [...packed].sort((a, b) => (a.id < b.id ? -1 : 1));
  const count = sorted.length;
  const ids = 8 + 1024;
  const crcs = ids + count * HASH;
  const offsets = crcs + count * 4;
  const index = Buffer.alloc(offsets + count * 4 + 2 * HASH);
  index.writeUInt32BE(0xff744f63, 0);
  index.writeUInt32BE(2, 4);
  for (const [at, { id, crc, offset }] of sorted.entries()) {
    index.write(id, ids + at * HASH, 'hex');
    index.writeUInt32BE(crc, crcs + at * 4);
    index.writeUInt32BE(offset, offsets + at * 4);
  }
  for (let byte = 0, below = 0; byte < 256; byte++) {
    while (below < count && (index[ids + below * HASH] ?? 0) <= byte) below++;
    index.writeUInt32BE(below, 8 + byte * 4);
  }
  packSum.copy(index, offsets + count * 4);
  const end = index.length - HASH;
  hash('sha1', index.subarray(0, end), 'buffer').copy(index, end);
  return { name: `pack-${hash('sha1', index.subarray(ids, crcs), 'hex')}`, index };
}
