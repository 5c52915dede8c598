/** Disjoint sets over 0 … size-1 (union-find): joins are nearly free, and the result does not depend on their order. */
export class Partition {
  readonly #parent: number[];

  constructor(size: number) {
    this.#parent = Array.from({ length: size }, (_, index) => index);
  }

  /** The smallest member of the set. */
  find(item: number): number {
    let root = item;
    while ((this.#parent[root] ?? root) !== root) root = this.#parent[root] ?? root;
    for (let at = item; at !== root; ) {
      const next = this.#parent[at] ?? root;
      this.#parent[at] = root;
      at = next;
    }
    return root;
  }

  join(one: number, other: number): void {
    const a = this.find(one);
    const b = this.find(other);
    this.#parent[Math.max(a, b)] = Math.min(a, b);
  }

  /** Members of each set, sets and members in rising order. */
  sets(): number[][] {
    const sets = new Map<number, number[]>();
    for (let item = 0; item < this.#parent.length; item += 1) {
      const root = this.find(item);
      const set = sets.get(root);
      if (set === undefined) sets.set(root, [item]);
      else set.push(item);
    }
    return [...sets.values()];
  }
}
