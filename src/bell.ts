/** Wakes a loop before its time. Rings while nobody waits are kept, and many count as one. */
export class Bell {
  #rung = false;
  #wake: () => void = () => {};

  ring(): void {
    this.#rung = true;
    this.#wake();
  }

  /** Until it rings, the time (milliseconds) is over or the signal fires. One loop may wait. */
  async wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (!this.#rung && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const end = () => resolve();
      const timer = setTimeout(end, milliseconds);
      signal.addEventListener('abort', end);
      this.#wake = end;
      await promise;
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
    }
    this.#rung = false;
  }
}
