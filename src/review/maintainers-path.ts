/** A pattern of an F: or X: line, ready to be matched. */
export interface PathPattern {
  /** As written. */
  readonly text: string;
  /** How far down the tree it reaches: its slashes, one more where it names files. -1 where it starts with a wildcard, and so with any folder. */
  readonly depth: number;
  /** The pattern once for each choice of its braces. */
  readonly choices: readonly Choice[];
}

interface Choice {
  /** What stands between the stars. `?` is any one character. */
  readonly parts: readonly string[];
  /** Number of slashes that a path must have; null for a folder, which takes all below it. */
  readonly slashes: number | null;
}

const LONGEST = 500;
const MOST_CHOICES = 64;

function countSlashes(text: string): number {
  let count = 0;
  for (let at = text.indexOf('/'); at >= 0; at = text.indexOf('/', at + 1)) count += 1;
  return count;
}

/** `a{b,c}d` as `abd` and `acd`. Braces do not nest; past MOST_CHOICES the rest is taken as written. */
function expandBraces(text: string): readonly string[] {
  const found = /^([^{}]*)\{([^{}]*,[^{}]*)\}(.*)$/.exec(text);
  if (found === null) return [text];
  const [, before = '', choices = '', after = ''] = found;
  const rests = expandBraces(after);
  const all = choices.split(',').flatMap((choice) => rests.map((rest) => `${before}${choice}${rest}`));
  return all.length > MOST_CHOICES ? [text] : all;
}

function choiceOf(text: string): Choice {
  return { parts: text.split('*'), slashes: text.endsWith('/') ? null : countSlashes(text) };
}

/**
 * Reads a pattern by the rules that MAINTAINERS files state of themselves: a final slash takes all below the folder; without one
 * only files (or folders) with as many slashes match; `*` is any run of characters and `?` any one. `{a,b}` is an addition of Xen's.
 * A pattern that names a folder of the tree without its final slash means the folder.
 * @param isFolder whether the tree has a folder of this name
 * @returns null for an empty pattern, and for one longer than any sane path
 */
export function pathPattern(text: string, isFolder: (path: string) => boolean): PathPattern | null {
  if (text === '' || text.length > LONGEST) return null;
  const whole = !text.endsWith('/') && isFolder(text) ? `${text}/` : text;
  const depth = whole.startsWith('*') ? -1 : countSlashes(whole) + (whole.endsWith('/') ? 0 : 1);
  return { text, depth, choices: expandBraces(whole).map(choiceOf) };
}

/** Where `part` is found in `path` from `from` on, -1 where it is not. */
function find(path: string, part: string, from: number): number {
  if (!part.includes('?')) return path.indexOf(part, from);
  for (let at = from; at + part.length <= path.length; at += 1) if (standsAt(path, part, at)) return at;
  return -1;
}

function standsAt(path: string, part: string, at: number): boolean {
  if (!part.includes('?')) return path.startsWith(part, at);
  if (at + part.length > path.length) return false;
  for (let index = 0; index < part.length; index += 1) {
    const wanted = part[index];
    if (wanted !== '?' && wanted !== path[at + index]) return false;
  }
  return true;
}

/** The start of the path has to match, not its whole: the first place found for each part is as good as any later one. */
function matchesChoice({ parts, slashes }: Choice, path: string, slashesOfPath: number): boolean {
  if (slashes !== null && slashes !== slashesOfPath) return false;
  const [first = '', ...others] = parts;
  if (!standsAt(path, first, 0)) return false;
  let at = first.length;
  for (const part of others) {
    const found = find(path, part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return true;
}

/** Whether a pattern takes a path. Time: length of path times length of pattern at most. */
export function matchesPath(pattern: PathPattern, path: string): boolean {
  const slashes = countSlashes(path);
  return pattern.choices.some((choice) => matchesChoice(choice, path, slashes));
}
