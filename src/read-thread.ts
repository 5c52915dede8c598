import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { blankCopy } from '../handlers/read-mail.ts';
import type { ParsedCopy } from './store/messages.ts';
import { describeError } from './util/errors.ts';
import { takingTurns } from './util/turns.ts';

/** What the thread is asked. */
export interface ReadRequest {
  readonly raws: readonly Uint8Array[];
  readonly limit: number;
  /** Why mails are to be read no further than their headers; null: read them whole. */
  readonly headOnly: string | null;
}

// Beside this file it ends alike: .ts in a checkout, .js in a package.
const WORKER = new URL(import.meta.url.replace(/read-thread(\.[jt]s)$/, 'read-worker$1'));

/**
 * Reads mails in one thread of its own, a request at a time. A thread that hangs or dies is replaced, and what it was asked is read mail by
 * mail: the one that does it again is read only as far as its header.
 */
export class ReadThread {
  readonly #patienceMs: number;
  readonly #inTurn = takingTurns();
  readonly #closed = new AbortController();
  #worker: Worker | null = null;

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  /** @throws Error only where it is closed meanwhile */
  read(raws: readonly Uint8Array[], limit: number): Promise<readonly ParsedCopy[]> {
    return this.#inTurn(async () => {
      const all = await this.#tried({ raws, limit, headOnly: null });
      if (typeof all !== 'string') return all;
      const copies: ParsedCopy[] = [];
      for (const raw of raws) copies.push(await this.#readAlone(raw, limit));
      return copies;
    });
  }

  async close(): Promise<void> {
    this.#closed.abort(new Error('the reading thread has ended'));
    await this.#end();
  }

  async #readAlone(raw: Uint8Array, limit: number): Promise<ParsedCopy> {
    const whole = await this.#tried({ raws: [raw], limit, headOnly: null });
    if (typeof whole !== 'string') return only(whole);
    const why = `it cannot be read (${whole}): kept, but not read`;
    const head = await this.#tried({ raws: [raw], limit, headOnly: why });
    return typeof head === 'string' ? blankCopy(raw, why) : only(head);
  }

  /** The answer, or what became of the thread in words. */
  async #tried(request: ReadRequest): Promise<readonly ParsedCopy[] | string> {
    try {
      return await this.#ask(request);
    } catch (error) {
      await this.#end();
      this.#closed.signal.throwIfAborted();
      return describeError(error);
    }
  }

  async #ask(request: ReadRequest): Promise<readonly ParsedCopy[]> {
    this.#closed.signal.throwIfAborted();
    const worker = (this.#worker ??= this.#start());
    const { promise, resolve, reject } = Promise.withResolvers<readonly ParsedCopy[]>();
    const slow = (): void => reject(new Error(`not done after ${this.#patienceMs / 1_000} s`));
    const gone = (): void => reject(new Error('the reading thread has ended'));
    const timer = setTimeout(slow, this.#patienceMs);
    worker.on('message', resolve).on('error', reject).on('exit', gone).ref();
    try {
      // A mail is a part of what its source has read: sent as it is, all of that would go with it.
      const raws = request.raws.map((raw) => new Uint8Array(raw));
      worker.postMessage(
        { ...request, raws } satisfies ReadRequest,
        raws.map(({ buffer }) => buffer),
      );
      return await promise;
    } finally {
      clearTimeout(timer);
      worker.off('message', resolve).off('error', reject).off('exit', gone).unref();
    }
  }

  #start(): Worker {
    const worker = new Worker(fileURLToPath(WORKER), {
      resourceLimits: { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 512 },
    });
    // One that dies between two requests has failed nothing: the next one gets another.
    worker.on('error', () => {});
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = null;
    });
    return worker;
  }

  async #end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }
}

function only([copy]: readonly ParsedCopy[]): ParsedCopy {
  if (copy === undefined) throw new Error('no answer for a mail');
  return copy;
}
