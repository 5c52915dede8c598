import { gitFailed, runGit } from './git.ts';

interface Listed {
  readonly name: string;
  readonly type: string;
  readonly id: string;
  readonly size: number;
}

/** Names that git reads as a path and nothing else: no line end, no way out of the tree. */
function isPlain(name: string): boolean {
  return name.length <= 1000 && !/[\u0000-\u001f\u007f]/.test(name) && !/^\.{0,2}\/|(?:^|\/)\.\.(?:\/|$)/.test(name);
}

/** Type, id and size of each of the names in one commit's tree; names that are not there are left out. */
async function look(repository: string, commit: string, names: readonly string[]): Promise<Listed[]> {
  const asked = [...new Set(names)].filter(isPlain);
  if (asked.length === 0) return [];
  const input = asked.map((name) => `${commit}:${name}\n`).join('');
  const result = await runGit(repository, ['cat-file', '--batch-check=%(objecttype) %(objectname) %(objectsize)'], {
    input,
  });
  if (result.code !== 0) throw gitFailed(repository, 'cat-file', result);
  const lines = result.stdout.toString('utf8').split('\n');
  return asked.flatMap((name, at): Listed[] => {
    const [type = '', id = '', size = ''] = (lines[at] ?? '').split(' ');
    return /^\d+$/.test(size) && /^[0-9a-f]{40,64}$/.test(id) ? [{ name, type, id, size: Number(size) }] : [];
  });
}

/**
 * Texts of files in the tree of a commit, by name; those that are not there, are no files or hold more than `largest` bytes are left out.
 * @param commit a full commit id
 * @throws PatchloomError GIT_FAILED
 */
export async function readTreeFiles(
  repository: string,
  commit: string,
  names: readonly string[],
  largest: number,
): Promise<ReadonlyMap<string, string>> {
  const found = (await look(repository, commit, names)).filter(({ type, size }) => type === 'blob' && size <= largest);
  if (found.length === 0) return new Map();
  const result = await runGit(repository, ['cat-file', '--batch'], {
    input: found.map(({ id }) => `${id}\n`).join(''),
  });
  if (result.code !== 0) throw gitFailed(repository, 'cat-file', result);
  const texts = new Map<string, string>();
  let at = 0;
  for (const { name, size } of found) {
    const start = result.stdout.indexOf('\n', at) + 1;
    texts.set(name, result.stdout.subarray(start, start + size).toString('utf8'));
    at = start + size + 1;
  }
  return texts;
}

/** Those of the names that are folders in the tree of a commit. @throws PatchloomError GIT_FAILED */
export async function foldersAmong(
  repository: string,
  commit: string,
  names: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = await look(repository, commit, names);
  return new Set(found.filter(({ type }) => type === 'tree').map(({ name }) => name));
}

/** Blob id of one file in each of many commits; null where a commit has no such file. @throws PatchloomError GIT_FAILED */
export async function blobsAt(
  repository: string,
  commits: readonly string[],
  name: string,
): Promise<readonly (string | null)[]> {
  const input = commits.map((commit) => `${commit}:${name}\n`).join('');
  const result = await runGit(repository, ['cat-file', '--batch-check=%(objecttype) %(objectname)'], { input });
  if (result.code !== 0) throw gitFailed(repository, 'cat-file', result);
  const lines = result.stdout.toString('utf8').split('\n');
  return commits.map((_, at) => /^blob ([0-9a-f]{40,64})$/.exec(lines[at] ?? '')?.[1] ?? null);
}
