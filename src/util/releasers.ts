/** Closes one opened thing. */
export type Releaser = () => void | Promise<void>;

/**
 * Everything opened registers its closing here; `release` runs them in reverse, each even where another throws.
 * A second call waits for the first.
 */
export class Releasers {
  readonly #list: Releaser[] = [];
  #done: Promise<void> | null = null;

  add(releaser: Releaser): void {
    this.#list.push(releaser);
  }

  /** @throws AggregateError where releasers failed, after all have run. */
  release(): Promise<void> {
    this.#done ??= this.#run();
    return this.#done;
  }

  async #run(): Promise<void> {
    const errors: unknown[] = [];
    for (const releaser of this.#list.splice(0).reverse()) {
      try {
        await releaser();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, 'closing failed');
  }
}
