import { decline, Refused } from './outcome.ts';

const LONGEST_PATH = 4000;
const LONGEST_NAME = 255;

/** Characters that HFS+ ignores in names (git's utf8.c, next_hfs_char), as the UTF-8 bytes that stand in latin1 text. */
const IGNORED_BY_HFS = /\xe2\x80[\x8c-\x8f\xaa-\xae]|\xe2\x81[\xaa-\xaf]|\xef\xbb\xbf/g;

/**
 * Undoes git's C-style quoting; `text` begins with a quote and ends with its closing quote.
 * @returns the name's bytes as latin1 text
 */
export function unquote(text: string): string {
  let name = '';
  for (let at = 1; ; at++) {
    const character = text[at];
    if (character === undefined) return decline('odd-name', text);
    if (character === '"') return at === text.length - 1 ? name : decline('odd-name', text);
    if (character !== '\\') {
      name += character;
      continue;
    }
    const escape = text[++at] ?? '';
    const octal = /^[0-3][0-7]{2}/.exec(text.slice(at, at + 3))?.[0];
    const control = escape === '' ? -1 : 'abtnvfr'.indexOf(escape);
    if (octal !== undefined) {
      name += String.fromCharCode(Number.parseInt(octal, 8));
      at += 2;
    } else if (control >= 0) name += '\x07\b\t\n\v\f\r'.charAt(control);
    else if (escape === '"' || escape === '\\') name += escape;
    else return decline('odd-name', text);
  }
}

/** A name as it stands in `rename from` and the like: quoted where it must be. */
export function headerName(text: string): string {
  return text.startsWith('"') ? unquote(text) : text;
}

/** Takes `count` folders off the front, as `git apply -p<count>` does. */
export function strip(name: string, count: number): string {
  let rest = name;
  for (let folder = 0; folder < count; folder++) {
    const slash = rest.indexOf('/');
    if (slash < 0 || slash === rest.length - 1) return decline('no-prefix', name);
    if (rest[slash + 1] === '/') return decline('odd-name', name);
    rest = rest.slice(slash + 1);
  }
  return rest;
}

/**
 * Lets only names through that mean one file inside the tree on every system. Stricter than git's verify_path
 * (read-cache.c) with core.protectHFS and core.protectNTFS: names that only hurt are refused, too.
 * @throws Refused for hostile names, Declined for odd ones
 */
export function checkPath(path: string): void {
  if (/[\0-\x1f\x7f]/.test(path))
    throw new Refused(`it names a file with a control character: ${JSON.stringify(shown(path))}`);
  const names = path.split('/');
  if (path.length > LONGEST_PATH || names.some((name) => name.length > LONGEST_NAME))
    throw new Refused('it names a file with a name that is too long');
  if (names.some(isHostile)) throw new Refused(`invalid path '${shown(path)}'`);
  if (path.includes('\\') || path === 'dev/null' || names.some((name) => name.endsWith(' ')))
    decline('odd-name', shown(path));
}

/** True for parts of a path that leave the tree or mean `.git` to some file system. */
function isHostile(name: string): boolean {
  if (name === '' || name === '.' || name === '..') return true;
  const plain = name.replace(IGNORED_BY_HFS, '').toLowerCase();
  const windows = plain.replace(/[:\\].*$/, '').replace(/[ .]{1,300}$/, '');
  return windows === '.git' || /^git~\d/.test(windows);
}

/** Names that git forbids for symbolic links, or that resemble them; git decides. */
export function isOddLinkName(path: string): boolean {
  return path.split('/').some((name) => /^\.?gi/i.test(name.replace(IGNORED_BY_HFS, '')));
}

/** Latin1 text as people read it. */
export function shown(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
