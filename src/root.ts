import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Directory of the installed package: templates and package.json stand there, beside `src` in a checkout and above `dist/src` when installed. */
export const ROOT = findRoot(import.meta.dirname);

function findRoot(from: string): string {
  const up = dirname(from);
  return existsSync(join(from, 'package.json')) || up === from ? from : findRoot(up);
}
