/** One entry of a tree. */
export interface Entry {
  readonly mode: number;
  readonly id: string;
}

export const DIRECTORY = 0o040000;
export const LINK = 0o120000;
export const GITLINK = 0o160000;
export const FILE = 0o100644;

const ID_BYTES = 20;

/** A tree object: its bytes, and where each name's entry stands in them. Names are latin1 text. Never changed. */
export class Tree {
  readonly bytes: Buffer;
  #places: ReadonlyMap<string, { readonly mode: number; readonly at: number }> | null = null;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get(name: string): Entry | null {
    const place = this.#index().get(name);
    if (place === undefined) return null;
    return { mode: place.mode, id: this.bytes.toString('hex', place.at, place.at + ID_BYTES) };
  }

  /** A copy in which the names given have another entry, or none. */
  with(changes: ReadonlyMap<string, Entry | null>): Tree {
    return this.#onlyIds(changes) ? this.#withIds(changes) : this.#rebuilt(changes);
  }

  /** True where nothing but ids changes, so that every place stays. */
  #onlyIds(changes: ReadonlyMap<string, Entry | null>): boolean {
    const index = this.#index();
    for (const [name, entry] of changes) if (entry === null || index.get(name)?.mode !== entry.mode) return false;
    return true;
  }

  #withIds(changes: ReadonlyMap<string, Entry | null>): Tree {
    const index = this.#index();
    const copy = new Tree(Buffer.from(this.bytes));
    for (const [name, entry] of changes) copy.bytes.write(entry?.id ?? '', index.get(name)?.at ?? 0, 'hex');
    copy.#places = index;
    return copy;
  }

  #rebuilt(changes: ReadonlyMap<string, Entry | null>): Tree {
    const entries = new Map<string, Entry | null>();
    for (const name of this.#index().keys()) entries.set(name, this.get(name));
    for (const [name, entry] of changes) entries.set(name, entry);
    const kept = [...entries].flatMap(([name, entry]) => (entry === null ? [] : [{ name, entry }]));
    // git sorts a directory as if its name ended in a slash (read-cache.c, base_name_compare).
    const keyed = kept.map((one) => ({ ...one, key: one.entry.mode === DIRECTORY ? `${one.name}/` : one.name }));
    keyed.sort((a, b) => (a.key < b.key ? -1 : 1));
    const parts = keyed.flatMap(({ name, entry }) => [
      Buffer.from(`${entry.mode.toString(8)} ${name}\0`, 'latin1'),
      Buffer.from(entry.id, 'hex'),
    ]);
    return new Tree(Buffer.concat(parts));
  }

  #index(): ReadonlyMap<string, { readonly mode: number; readonly at: number }> {
    if (this.#places !== null) return this.#places;
    const places = new Map<string, { mode: number; at: number }>();
    const { bytes } = this;
    for (let at = 0; at < bytes.length; ) {
      const blank = bytes.indexOf(32, at);
      const end = bytes.indexOf(0, blank);
      if (blank < 0 || end < 0) throw new Error('a tree object is damaged');
      const mode = Number.parseInt(bytes.toString('latin1', at, blank), 8);
      places.set(bytes.toString('latin1', blank + 1, end), { mode, at: end + 1 });
      at = end + 1 + ID_BYTES;
    }
    this.#places = places;
    return places;
  }
}

/** The tree without entries. */
export const EMPTY_TREE = new Tree(Buffer.alloc(0));
