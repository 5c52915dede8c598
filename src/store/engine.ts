import type { Clock } from '../util/clock.ts';
import type { Db } from './schema.ts';

/** A right that one process of the installation has at a time, whatever machine it runs on. It is gone with the process, however that ends. */
export interface StoreLock {
  /** Fires where the lock is lost before its release: the database has lost sight of this process. Stop what it protects. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/** A database that is open: all that the two engines do in ways of their own. */
export interface Engine {
  readonly kind: 'sqlite' | 'postgres';
  /** File or server, for messages; no secrets in it. */
  readonly place: string;
  /** One transaction at a time in the whole installation; null where it was opened for reading only. */
  readonly writer: Db | null;
  /** Reads what is committed, on connections of its own; refuses to write. */
  readonly reader: Db;
  /** Takes a named lock, or gives null where somebody has it, also where that is this process. @throws PatchloomError STORE_* */
  lock(name: string): Promise<StoreLock | null>;
  /** See `Store.clock`. */
  clock(): Promise<Clock>;
}
