import { createHash } from 'node:crypto';
import { hunkHeading } from './hunk-heading.ts';

const BYTES = 20;

/** Adds the hash of one file to the sum, byte by byte with carry, so that the order of files does not matter. */
function add(sum: Buffer, text: string): void {
  const digest = createHash('sha1')
    .update(text.replaceAll(/[\t\n\v\f\r ]+/g, ''), 'latin1')
    .digest();
  let carry = 0;
  for (let at = 0; at < BYTES; at += 1) {
    carry += (sum[at] ?? 0) + (digest[at] ?? 0);
    sum[at] = carry & 255;
    carry >>= 8;
  }
}

/**
 * What `git patch-id --stable` prints for a diff (git-patch-id(1)): the sum of a hash of each file's headers and lines without white space, line
 * numbers and index lines. Null for a diff without `diff` lines (quilt, plain `diff -u` of one file), for which git prints nothing:
 * that is what `contentHash` is for. `diff` is latin1 text.
 */
export function patchId(diff: string): string | null {
  const sum = Buffer.alloc(BYTES);
  let text = '';
  let blobs = '';
  // header: above a file's lines; hunk: among them; binary: data that only the names of its blobs stand for.
  let place: 'before' | 'header' | 'hunk' | 'binary' = 'before';
  let before = 0;
  let after = 0;
  for (const line of diff.split('\n')) {
    const starts = line.startsWith('diff ');
    if (line.startsWith('\\ ') || (place === 'before' && !starts)) continue;
    if (place === 'before') place = 'header';
    if (place === 'binary') {
      if (starts) place = 'header';
      continue;
    }
    if (place === 'hunk' && before === 0 && after === 0) {
      const hunk = hunkHeading(line);
      if (hunk !== null) {
        before = hunk.oldLines;
        after = hunk.newLines;
        continue;
      }
      if (!starts) break;
      add(sum, text);
      text = '';
      place = 'header';
    }
    if (place === 'header') {
      if (/^(?:GIT binary patch|Binary files)/.test(line)) {
        add(sum, text + blobs);
        text = '';
        place = 'binary';
        continue;
      }
      const index = /^index (.*?)\.\.(\S*)/.exec(line);
      if (index !== null) blobs = `${index[1]}${index[2]}`;
      if (line.startsWith('index ')) continue;
      if (line.startsWith('--- ')) {
        place = 'hunk';
        before = 1;
        after = 1;
      } else if (!/^[A-Za-z]/.test(line)) break;
    }
    if (line.startsWith('-') || line.startsWith(' ')) before -= 1;
    if (line.startsWith('+') || line.startsWith(' ')) after -= 1;
    text += `${line}\n`;
  }
  if (place === 'before') return null;
  add(sum, text);
  return sum.toString('hex');
}
