import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = process.env['PATCHLOOM_CORPUS'] ?? fileURLToPath(new URL('../../../shared/corpus', import.meta.url));

/** Path of a file or folder of the corpus of real mail, which lies outside of the repository. */
export function corpusPath(name: string): string {
  return `${ROOT}/${name}`;
}

/** Options for a test that reads the corpus: left out where it is not there, but not in CI. */
export function requiresCorpus(name: string): { skip?: string } {
  if (existsSync(corpusPath(name))) return {};
  const reason = `no corpus of real mail at ${corpusPath(name)}: set PATCHLOOM_CORPUS`;
  if (process.env['CI'] !== undefined) throw new Error(reason);
  return { skip: reason };
}
