import type { Reader } from '../handlers/read-mail.ts';
import { ReadThread } from './read-thread.ts';
import type { ParsedCopy } from './store/messages.ts';

/** A reader whose threads end with it. */
export type ReadPool = Reader & { close(): Promise<void> };

export interface ReadPoolOptions {
  /** See `Reader.ahead`. */
  readonly ahead?: boolean;
  /** Milliseconds that a request may take, and then one mail of it. */
  readonly patienceMs?: number;
}

/** A batch of a hundred takes a tenth of a second; a machine that is busy ten times that. */
const PATIENCE_MS = 20_000;

/**
 * A reader that spreads mails over `threads` cores. A mail that takes longer than `patienceMs`, or that ends its thread, is kept unread
 * and its disposition says so: it must keep neither the others nor the process waiting.
 */
export function readPool(threads: number, { ahead = true, patienceMs = PATIENCE_MS }: ReadPoolOptions = {}): ReadPool {
  const all = Array.from({ length: threads }, () => new ReadThread(patienceMs));
  return {
    ahead,
    read: async (raws, limit) => {
      const share = Math.ceil(raws.length / all.length);
      const parts = await Promise.all(
        all.map(async (thread, at): Promise<readonly ParsedCopy[]> => {
          const part = raws.slice(at * share, (at + 1) * share);
          return part.length === 0 ? [] : thread.read(part, limit);
        }),
      );
      return parts.flat();
    },
    close: async () => {
      await Promise.all(all.map((thread) => thread.close()));
    },
  };
}
