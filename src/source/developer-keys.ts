import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeveloperKeys } from '../mail/patatt.ts';

/** One folder of the path of a key; what could lead elsewhere is written in hex. */
function folder(text: string): string {
  const safe = encodeURIComponent(text.toLowerCase()).replaceAll('%20', '+');
  return /^\.{1,2}$/.test(safe) ? '%2e' : safe;
}

/** Public keys in the layout of patatt: `ALGORITHM/DOMAIN/LOCAL PART/SELECTOR` below `directory`, in base64. */
export function developerKeys(directory: string): DeveloperKeys {
  return async (algorithm, identity, selector) => {
    const at = identity.lastIndexOf('@');
    const names = [algorithm, identity.slice(at + 1), identity.slice(0, at), selector].map(folder);
    const text = await readFile(join(directory, ...names), 'utf8').catch(() => null);
    return text?.trim() ?? null;
  };
}
