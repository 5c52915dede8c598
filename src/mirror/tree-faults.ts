import { gitText } from './git.ts';

const GITLINK = '160000';
const LONGEST_PATH = 4000;
const LONGEST_NAME = 255;

/** Number of the commit in the list that holds what is not wanted, and why. */
export interface TreeFault {
  readonly position: number;
  readonly problem: string;
}

/**
 * Looks at what commits really changed, which no trick in a diff's headers can hide: file names that hurt people's tools and
 * changed submodules. git itself has refused `..`, `.git` and its look-alikes before.
 */
export async function treeFaultOf(repository: string, commits: readonly string[]): Promise<TreeFault | null> {
  const args = ['diff-tree', '--stdin', '-r', '-z', '--no-renames', '--root'];
  const fields = (await gitText(repository, args, { input: commits.map((id) => `${id}\n`).join('') })).split('\0');
  let position = -1;
  for (let at = 0; at < fields.length; at++) {
    const field = fields[at] ?? '';
    if (!field.startsWith(':')) {
      if (field === commits[position + 1]) position++;
      continue;
    }
    at++;
    const problem = problemOf(field, fields[at] ?? '');
    if (problem !== null) return { position, problem };
  }
  return null;
}

function problemOf(entry: string, path: string): string | null {
  const [before, after] = entry.slice(1).split(' ');
  if (before === GITLINK || after === GITLINK) return `it changes the submodule ${JSON.stringify(path)}`;
  if (/[\u0000-\u001f\u007f]/.test(path)) return `it names a file with a control character: ${JSON.stringify(path)}`;
  const tooLong = path.length > LONGEST_PATH || path.split('/').some((name) => Buffer.byteLength(name) > LONGEST_NAME);
  return tooLong ? 'it names a file with a name that is too long' : null;
}
