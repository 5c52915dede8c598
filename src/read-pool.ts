import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Reader } from '../handlers/read-mail.ts';
import type { ParsedCopy } from './store/messages.ts';

/** What a thread is asked. */
export interface ReadRequest {
  readonly id: number;
  readonly raws: readonly Uint8Array[];
  readonly limit: number;
}

interface ReadAnswer {
  readonly id: number;
  readonly copies: readonly ParsedCopy[];
}

interface Waiting {
  readonly resolve: (copies: readonly ParsedCopy[]) => void;
  readonly reject: (error: Error) => void;
}

// Beside this file it ends alike: .ts in a checkout, .js in a package.
const WORKER = new URL(import.meta.url.replace(/read-pool(\.[jt]s)$/, 'read-worker$1'));

/** Reads mails in one thread of its own. A thread that dies fails what it was asked, and nothing else. */
class ReadThread {
  readonly #worker = new Worker(fileURLToPath(WORKER), {
    resourceLimits: { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 512 },
  });
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;

  constructor() {
    this.#worker.on('message', ({ id, copies }: ReadAnswer) => {
      this.#waiting.get(id)?.resolve(copies);
      this.#waiting.delete(id);
      if (this.#waiting.size === 0) this.#worker.unref();
    });
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('the reading thread has ended')));
    this.#worker.unref();
  }

  read(raws: readonly Uint8Array[], limit: number): Promise<readonly ParsedCopy[]> {
    const id = this.#asked++;
    this.#worker.ref();
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, raws, limit } satisfies ReadRequest);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** A reader that spreads mails over `threads` cores, for archives: a thread takes longer to start than a few mails to read. */
export function readPool(threads: number): Reader & { close(): Promise<void> } {
  const all = Array.from({ length: threads }, () => new ReadThread());
  return {
    ahead: true,
    read: async (raws, limit) => {
      const share = Math.ceil(raws.length / all.length);
      const parts = await Promise.all(
        all.map(async (thread, at) => {
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
