/** Keeps what was used last, up to a total size; the oldest goes first. */
export class Cache<Value> {
  readonly #values = new Map<string, Value>();
  readonly #limit: number;
  readonly #sizeOf: (value: Value) => number;
  #size = 0;

  /** @param limit in the unit of `sizeOf` */
  constructor(limit: number, sizeOf: (value: Value) => number) {
    this.#limit = limit;
    this.#sizeOf = sizeOf;
  }

  get(key: string): Value | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    this.#values.delete(key);
    this.#values.set(key, value);
    return value;
  }

  set(key: string, value: Value): void {
    const before = this.#values.get(key);
    if (before !== undefined) this.#size -= this.#sizeOf(before);
    this.#values.delete(key);
    this.#values.set(key, value);
    this.#size += this.#sizeOf(value);
    for (const [oldest, gone] of this.#values) {
      if (this.#size <= this.#limit || oldest === key) return;
      this.#values.delete(oldest);
      this.#size -= this.#sizeOf(gone);
    }
  }
}
