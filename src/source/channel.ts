/** Hands values from many producers to one consumer, one at a time: a producer waits until its value was dealt with. */
export class Channel<T> {
  readonly #waiting: { readonly value: T; readonly taken: () => void }[] = [];
  readonly #signal: AbortSignal;
  #failure: { readonly error: unknown } | null = null;
  #wake: () => void = () => {};

  /** Once the signal is raised, iteration ends and nobody waits any more. */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', () => {
      for (const { taken } of this.#waiting.splice(0)) taken();
      this.#wake();
    });
  }

  /** Resolves once the consumer comes back for the next value, or at abort. */
  put(value: T): Promise<void> {
    if (this.#signal.aborted) return Promise.resolve();
    return new Promise((taken) => {
      this.#waiting.push({ value, taken });
      this.#wake();
    });
  }

  /** The consumer gets the error at its next step. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    while (!this.#signal.aborted) {
      if (this.#failure !== null) throw this.#failure.error;
      const next = this.#waiting.shift();
      if (next === undefined) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        continue;
      }
      try {
        yield next.value;
      } finally {
        next.taken();
      }
    }
  }
}
