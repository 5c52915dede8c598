import { hash } from 'node:crypto';

export type ObjectType = 'blob' | 'tree' | 'commit';

/** An object that exists in memory only, until a pack with it is written. */
export interface NewObject {
  readonly type: ObjectType;
  /** SHA-1 id, 40 hex digits. */
  readonly id: string;
  readonly data: Buffer;
  /** How it can be told from another object, in git's delta form; null where there is no such object. */
  readonly delta: Delta | null;
}

export interface Delta {
  /** Id of the object that it starts from. */
  readonly from: string;
  readonly ops: Buffer;
}

/** The object with these contents, and its id as git computes it. `bytes` is latin1 text or a buffer. */
export function makeObject(type: ObjectType, bytes: string | Buffer, delta: Delta | null = null): NewObject {
  const head = `${type} ${bytes.length}\0`;
  const whole = Buffer.allocUnsafe(head.length + bytes.length);
  whole.write(head, 'latin1');
  if (typeof bytes === 'string') whole.write(bytes, head.length, 'latin1');
  else bytes.copy(whole, head.length);
  return { type, id: hash('sha1', whole, 'hex'), data: whole.subarray(head.length), delta };
}
