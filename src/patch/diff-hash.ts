import { createHash } from 'node:crypto';
import { hunkHeading } from './hunk-heading.ts';

const NAME = /^(---|\+\+\+) (\S+)/;

/**
 * The SHA-1 by which Patchwork knows a diff, so that its clients and commit hooks find a patch by the diff of a commit: over file names with
 * `a` or `b` as first folder, the counts of hunks, and their lines. All else (index lines, hunk headings, a signature) is left out.
 * @param diff bytes as latin1 text
 */
export function diffHash(diff: string): string {
  const hash = createHash('sha1');
  for (const line of diff.replaceAll('\r', '').trim().split('\n')) {
    const hunk = hunkHeading(line);
    const name = NAME.exec(line);
    if (name !== null) {
      const [, sign = '', path = ''] = name;
      hash.update(`${sign} ${sign === '---' ? 'a' : 'b'}/${path.split('/').slice(1).join('/')}\n`, 'latin1');
    } else if (hunk !== null) hash.update(`@@ -${hunk.oldLines} +${hunk.newLines} @@\n`);
    else if (/^[-+ ]/.test(line)) hash.update(`${line}\n`, 'latin1');
  }
  return hash.digest('hex');
}
