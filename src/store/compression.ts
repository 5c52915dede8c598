import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { PatchloomError } from '../util/errors.ts';

/** Bytes as they are kept. */
export function pack(raw: Uint8Array): Buffer {
  return zstdCompressSync(raw);
}

/** Bytes as they came in. `name` is for the message. @throws PatchloomError STORE_UNUSABLE where the disk has changed them */
export function unpack(bytes: Uint8Array, name: string): Buffer {
  try {
    return zstdDecompressSync(bytes);
  } catch (error) {
    throw new PatchloomError('STORE_UNUSABLE', `mail ${name}: its stored bytes are damaged`, { cause: error });
  }
}
