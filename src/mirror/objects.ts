import { PatchloomError } from '../util/errors.ts';
import { Cache } from './cache.ts';
import { CatFile } from './cat-file.ts';
import { Tree } from './engine/tree.ts';
import type { ObjectSource } from './engine/work-tree.ts';

const TREE_BYTES = 32 << 20;
const BLOB_BYTES = 64 << 20;
const COMMITS = 4096;

/** A commit as far as the mirror reads it. */
export interface CommitFacts {
  readonly id: string;
  readonly tree: string;
  readonly parents: readonly string[];
  /** Committer's time, epoch seconds. */
  readonly time: number;
  readonly subject: string;
}

/** Reads objects of one repository through one process; what was read last is kept. */
export class Objects implements ObjectSource {
  readonly #cat: CatFile;
  readonly #trees = new Cache<Tree>(TREE_BYTES, (tree) => tree.bytes.length * 2 + 200);
  readonly #blobs = new Cache<string>(BLOB_BYTES, (text) => text.length + 100);
  readonly #commits = new Cache<CommitFacts>(COMMITS, () => 1);

  constructor(repository: string) {
    this.#cat = new CatFile(repository);
  }

  /** @throws PatchloomError GIT_FAILED where the repository lacks it */
  async tree(id: string): Promise<Tree> {
    const known = this.#trees.get(id);
    if (known !== undefined) return known;
    const tree = new Tree(Buffer.from(await this.#need(id, 'tree')));
    this.#trees.set(id, tree);
    return tree;
  }

  /** Contents as latin1 text. @throws PatchloomError GIT_FAILED where the repository lacks it */
  async blob(id: string): Promise<string> {
    const known = this.#blobs.get(id);
    if (known !== undefined) return known;
    const data = await this.#need(id, 'blob');
    const text = data.toString('latin1');
    this.#blobs.set(id, text);
    return text;
  }

  /** The blob that a short id means; null where none or several have it. */
  async findBlob(shortId: string): Promise<{ readonly id: string; readonly text: string } | null> {
    if (!/^[0-9a-f]{4,64}$/.test(shortId)) return null;
    const found = await this.#cat.read(shortId);
    if (found?.type !== 'blob') return null;
    return { id: found.id, text: found.data.toString('latin1') };
  }

  /** The commit of an id; null where there is no such commit. */
  async commit(id: string): Promise<CommitFacts | null> {
    const known = this.#commits.get(id);
    if (known !== undefined) return known;
    const found = await this.#cat.read(id);
    if (found?.type !== 'commit') return null;
    const facts = commitFacts(found.id, found.data.toString('utf8'));
    if (found.id === id) this.#commits.set(id, facts);
    return facts;
  }

  /** What a full ref name points at now; never from memory. Null where there is no such ref. */
  async ref(name: string): Promise<string | null> {
    if (!/^refs\/[0-9A-Za-z._+/@=-]{1,400}$/.test(name) || /\.\.|@\{|\/\//.test(name)) return null;
    return (await this.#cat.read(name))?.id ?? null;
  }

  close(): void {
    this.#cat.close();
  }

  async #need(id: string, type: string): Promise<Buffer> {
    const found = await this.#cat.read(id);
    if (found?.type === type) return found.data;
    throw new PatchloomError('GIT_FAILED', `the repository lacks ${type} ${id}: it is damaged`);
  }
}

function commitFacts(id: string, text: string): CommitFacts {
  const end = text.indexOf('\n\n');
  const head = end < 0 ? text : text.slice(0, end);
  const body = end < 0 ? '' : text.slice(end + 2);
  return {
    id,
    tree: /^tree ([0-9a-f]+)$/m.exec(head)?.[1] ?? '',
    parents: [...head.matchAll(/^parent ([0-9a-f]+)$/gm)].map((match) => match[1] ?? ''),
    time: Number(/^committer .* (\d+) [+-]\d{4}$/m.exec(head)?.[1] ?? 0),
    subject: body.slice(0, body.indexOf('\n') < 0 ? undefined : body.indexOf('\n')),
  };
}
