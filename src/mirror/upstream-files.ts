import { gitFailed, runGit } from './git.ts';

/** A file or folder in the tree of a commit. */
export interface TreePath {
  /** A full commit id. */
  readonly commit: string;
  readonly name: string;
}

interface Listed extends TreePath {
  readonly type: string;
  readonly id: string;
  readonly size: number;
}

/** Names that git reads as a path and nothing else: no line end, no way out of the tree. */
function isPlain({ name }: TreePath): boolean {
  return name.length <= 1000 && !/[\u0000-\u001f\u007f]/.test(name) && !/^\.{0,2}\/|(?:^|\/)\.\.(?:\/|$)/.test(name);
}

/** Type, id and size of each; those that are not there are left out. One run of git, however many they are. */
async function look(repository: string, paths: readonly TreePath[]): Promise<Listed[]> {
  const asked = paths.filter(isPlain);
  if (asked.length === 0) return [];
  const input = asked.map(({ commit, name }) => `${commit}:${name}\n`).join('');
  const format = '--batch-check=%(objecttype) %(objectname) %(objectsize)';
  const result = await runGit(repository, ['cat-file', format], { input });
  if (result.code !== 0) throw gitFailed(repository, 'cat-file', result);
  const lines = result.stdout.toString('utf8').split('\n');
  return asked.flatMap((one, at): Listed[] => {
    const [type = '', id = '', size = ''] = (lines[at] ?? '').split(' ');
    return /^\d+$/.test(size) && /^[0-9a-f]{40,64}$/.test(id) ? [{ ...one, type, id, size: Number(size) }] : [];
  });
}

/**
 * Texts of files, in the order asked; null for what is not there, is no file, or holds more than `largest` bytes. Equal files are the
 * same string.
 * @throws PatchloomError GIT_FAILED
 */
export async function readTreeFiles(
  repository: string,
  paths: readonly TreePath[],
  largest: number,
): Promise<readonly (string | null)[]> {
  const found = (await look(repository, paths)).filter(({ type, size }) => type === 'blob' && size <= largest);
  const sizes = new Map(found.map(({ id, size }) => [id, size]));
  const texts = sizes.size === 0 ? new Map<string, string>() : await readBlobs(repository, sizes);
  const idOf = new Map(found.map(({ commit, name, id }) => [`${commit}:${name}`, id]));
  return paths.map(({ commit, name }) => texts.get(idOf.get(`${commit}:${name}`) ?? '') ?? null);
}

async function readBlobs(repository: string, sizes: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, string>> {
  const input = [...sizes.keys()].map((id) => `${id}\n`).join('');
  const result = await runGit(repository, ['cat-file', '--batch'], { input });
  if (result.code !== 0) throw gitFailed(repository, 'cat-file', result);
  const texts = new Map<string, string>();
  let at = 0;
  for (const [id, size] of sizes) {
    const start = result.stdout.indexOf('\n', at) + 1;
    texts.set(id, result.stdout.subarray(start, start + size).toString('utf8'));
    at = start + size + 1;
  }
  return texts;
}

/** Those of the paths that are folders. @throws PatchloomError GIT_FAILED */
export async function foldersAmong(repository: string, paths: readonly TreePath[]): Promise<readonly TreePath[]> {
  return (await look(repository, paths)).filter(({ type }) => type === 'tree');
}
