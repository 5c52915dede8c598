/** A union-find over names in memory, for one batch. */
export class Groups {
  readonly #parent = new Map<string, string>();

  add(name: string): void {
    if (!this.#parent.has(name)) this.#parent.set(name, name);
  }

  unite(one: string, other: string): void {
    this.add(one);
    this.add(other);
    this.#parent.set(this.#root(one), this.#root(other));
  }

  /** The groups, each with its names. */
  all(): string[][] {
    return [...Map.groupBy(this.#parent.keys(), (name) => this.#root(name)).values()];
  }

  #root(name: string): string {
    let at = name;
    for (;;) {
      const parent = this.#parent.get(at) ?? at;
      if (parent === at) return at;
      // Path halving keeps chains short without ranks.
      const above = this.#parent.get(parent) ?? parent;
      this.#parent.set(at, above);
      at = above;
    }
  }
}
