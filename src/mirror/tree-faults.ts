import { gitText } from './git.ts';

const LONGEST_PATH = 4000;
const LONGEST_NAME = 255;

/**
 * Looks at what a commit that git has made really changed, which no trick in a diff's headers can hide: file names that hurt
 * people's tools. git itself has refused `..`, `.git` and its look-alikes before.
 * @returns what is wrong, in words, or null
 */
export async function treeFaultOf(repository: string, commit: string): Promise<string | null> {
  const args = ['diff-tree', '--no-commit-id', '--name-only', '-r', '-z', '--no-renames', '--root', commit];
  for (const path of (await gitText(repository, args)).split('\0')) {
    if (/[\u0001-\u001f\u007f]/.test(path)) return `it names a file with a control character: ${JSON.stringify(path)}`;
    if (path.length > LONGEST_PATH || path.split('/').some((name) => Buffer.byteLength(name) > LONGEST_NAME))
      return 'it names a file with a name that is too long';
  }
  return null;
}
