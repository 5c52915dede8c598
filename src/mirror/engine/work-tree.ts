import { deltaOfIds } from './delta.ts';
import { makeObject, type NewObject } from './object.ts';
import { decline, Refused } from './outcome.ts';
import { shown } from './paths.ts';
import { DIRECTORY, type Entry, EMPTY_TREE, GITLINK, LINK, Tree } from './tree.ts';

/** A directory of which something is known or changed. */
interface Node {
  /** Id of `tree`; null where no object of it has been made. */
  id: string | null;
  tree: Tree;
  readonly children: Map<string, Node>;
  readonly changes: Map<string, Entry | null>;
}

function nodeOf(id: string | null, tree: Tree): Node {
  return { id, tree, children: new Map(), changes: new Map() };
}

/** Where objects come from. Both throw where the repository lacks what it should have. */
export interface ObjectSource {
  tree(id: string): Promise<Tree>;
  /** Contents as latin1 text. */
  blob(id: string): Promise<string>;
}

/**
 * The files of a commit, as far as a series touches them, and what patch after patch makes of them. Everything is read in
 * `load`; after that nothing waits, and only directories on the way to a touched file are known.
 */
export class WorkTree {
  readonly #root: Node;
  readonly #blobs: Map<string, string>;

  private constructor(root: Node, blobs: Map<string, string>) {
    this.#root = root;
    this.#blobs = blobs;
  }

  /** Reads what the paths need of the tree `rootId`; files and directories that are not there are simply absent. */
  static async load(source: ObjectSource, rootId: string, paths: ReadonlySet<string>): Promise<WorkTree> {
    const root = nodeOf(rootId, await source.tree(rootId));
    const blobs = new Map<string, string>();
    const nodes = new Map<string, Promise<Node | null>>([['', Promise.resolve(root)]]);
    const directory = (path: string): Promise<Node | null> => {
      const known = nodes.get(path);
      if (known !== undefined) return known;
      const found = directory(parentOf(path)).then((parent) => loadChild(source, parent, nameIn(path)));
      nodes.set(path, found);
      return found;
    };
    await Promise.all(
      [...paths].map(async (path) => {
        const entry = (await directory(parentOf(path)))?.tree.get(nameIn(path));
        if (entry && entry.mode !== DIRECTORY && entry.mode !== GITLINK)
          blobs.set(entry.id, await source.blob(entry.id));
      }),
    );
    return new WorkTree(root, blobs);
  }

  /**
   * The file at a path; null where there is none.
   * @throws Refused behind a symbolic link, Declined for what is no file
   */
  file(path: string): Entry | null {
    const node = this.#directoryOf(path);
    const entry = node === null ? null : entryIn(node, nameIn(path));
    if (entry?.mode === DIRECTORY) return decline('file-and-directory', shown(path));
    if (entry?.mode === GITLINK) return decline('submodule', shown(path));
    return entry;
  }

  /** Contents of a file that `file` has given. */
  contents(id: string): string {
    const text = this.#blobs.get(id);
    if (text === undefined) throw new Error(`blob ${id} was not read`);
    return text;
  }

  /** Makes contents known under their id. */
  learn(id: string, text: string): void {
    this.#blobs.set(id, text);
  }

  /** Puts a file at a path, or takes it away. Directories come and go with their files. */
  set(path: string, entry: Entry | null): void {
    let node = this.#root;
    for (const name of path.split('/').slice(0, -1)) {
      const child = node.children.get(name) ?? nodeOf(null, EMPTY_TREE);
      node.children.set(name, child);
      node = child;
    }
    node.changes.set(nameIn(path), entry);
  }

  /**
   * Makes the tree objects of what has changed and hands each to `put`.
   * @returns id of the root
   */
  write(put: (object: NewObject) => void): string {
    this.#writeNode(this.#root, put);
    return this.#root.id ?? decline('nothing-left');
  }

  /** @returns true where the node's tree has changed */
  #writeNode(node: Node, put: (object: NewObject) => void): boolean {
    for (const [name, child] of node.children) {
      if (!this.#writeNode(child, put)) continue;
      node.changes.set(name, child.id === null ? null : { mode: DIRECTORY, id: child.id });
      if (child.id === null) node.children.delete(name);
    }
    if (node.changes.size === 0) return false;
    const { tree: old, id: oldId } = node;
    node.tree = old.with(node.changes);
    node.changes.clear();
    if (node.tree.bytes.length === 0) node.id = null;
    else if (!node.tree.bytes.equals(old.bytes)) {
      const delta =
        oldId !== null && old.bytes.length === node.tree.bytes.length
          ? { from: oldId, ops: deltaOfIds(old.bytes, node.tree.bytes) }
          : null;
      const object = makeObject('tree', node.tree.bytes, delta);
      node.id = object.id;
      put(object);
    }
    return node.id !== oldId;
  }

  #directoryOf(path: string): Node | null {
    let node = this.#root;
    const names = path.split('/').slice(0, -1);
    for (const [depth, name] of names.entries()) {
      const child = node.children.get(name);
      if (child !== undefined) {
        node = child;
        continue;
      }
      const entry = entryIn(node, name);
      if (entry === null) return null;
      if (entry.mode === LINK) throw new Refused(`affected file '${shown(path)}' is beyond a symbolic link`);
      if (entry.mode === DIRECTORY) throw new Error(`directory ${names.slice(0, depth + 1).join('/')} was not read`);
      return decline('file-and-directory', shown(path));
    }
    return node;
  }
}

async function loadChild(source: ObjectSource, parent: Node | null, name: string): Promise<Node | null> {
  const entry = parent?.tree.get(name);
  if (!parent || !entry || entry.mode !== DIRECTORY) return null;
  const child = nodeOf(entry.id, await source.tree(entry.id));
  parent.children.set(name, child);
  return child;
}

function entryIn(node: Node, name: string): Entry | null {
  const changed = node.changes.get(name);
  if (changed !== undefined) return changed;
  const child = node.children.get(name);
  if (child === undefined) return node.tree.get(name);
  return child.id !== null || holdsFiles(child) ? { mode: DIRECTORY, id: child.id ?? '' } : null;
}

/** True for a directory that was made by a patch and has not been written. */
function holdsFiles(node: Node): boolean {
  return [...node.changes.values()].some((entry) => entry !== null) || [...node.children.values()].some(holdsFiles);
}

function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

function nameIn(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
