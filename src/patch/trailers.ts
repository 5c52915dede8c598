import type { Trailer } from './patch.ts';

/** `Token: value` as git reads it: letters, digits and dashes, blanks allowed before the colon (git's trailer.c rules). */
const TRAILER = /^([A-Za-z0-9][A-Za-z0-9-]*)[ \t]{0,8}:[ \t]*(.*)$/;
const OWN_GIT = /^(?:Signed-off-by: |\(cherry picked from commit )/;

interface Block {
  /** Index of the block's first line; the number of lines where there is no block. */
  readonly start: number;
  readonly lines: readonly string[];
}

/**
 * Finds the trailer block by git's rule: the last paragraph, never the title's, in which all lines are trailers, or one is
 * git's own (Signed-off-by) and at least a quarter of the lines are trailers.
 */
function findBlock(message: string): Block {
  const lines = message.trimEnd().split('\n');
  const start = lines.findLastIndex((line) => line.trim() === '') + 1;
  const none = { start: lines.length, lines };
  if (start === 0) return none;
  let trailers = 0;
  let others = 0;
  let own = false;
  for (const line of lines.slice(start)) {
    if (OWN_GIT.test(line)) {
      own = true;
      trailers += 1;
    } else if (TRAILER.test(line)) trailers += 1;
    else if (!/^[ \t]/.test(line) || trailers + others === 0) others += 1;
  }
  const block = own ? trailers * 3 >= others : trailers > 0 && others === 0;
  return block ? { start, lines } : none;
}

/** Trailers at the end of a commit message, in order, folded values unfolded. */
export function parseTrailers(message: string): Trailer[] {
  const { start, lines } = findBlock(message);
  const trailers: { kind: string; value: string }[] = [];
  for (const line of lines.slice(start)) {
    const last = trailers.at(-1);
    const found = TRAILER.exec(line);
    if (found !== null) trailers.push({ kind: found[1] ?? '', value: (found[2] ?? '').trim() });
    else if (/^[ \t]/.test(line) && last !== undefined) last.value = `${last.value} ${line.trim()}`.trim();
  }
  return trailers;
}

/** Same kind and same person: the address decides, the whole value where there is none. Case never does. */
function identityOf(trailer: Trailer): string {
  const address = /<([^<>\s]+)>/.exec(trailer.value)?.[1] ?? trailer.value;
  return `${trailer.kind.toLowerCase()}\n${address.toLowerCase().trim()}`;
}

/** What stands behind the address, in its bare letters: the part of the patch that is meant; empty for the whole. */
function areaOf({ value }: Trailer): string {
  const tail = /<[^<>\s]+>(.*)$/.exec(value)?.[1] ?? '';
  return tail
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/**
 * Puts trailers below the author's own, in the order given, as one block. A trailer whose kind and address the block has
 * already, for the whole or for the same area, is left out. Returns the message unchanged where nothing is to be added.
 */
export function addTrailers(message: string, trailers: readonly Trailer[]): string {
  const present = new Set(parseTrailers(message).map((trailer) => `${identityOf(trailer)}\n${areaOf(trailer)}`));
  const added: string[] = [];
  for (const trailer of trailers) {
    const identity = identityOf(trailer);
    const part = `${identity}\n${areaOf(trailer)}`;
    if (present.has(part) || present.has(`${identity}\n`)) continue;
    present.add(part);
    // A value of several lines would end the block, or forge a line of its own.
    added.push(`${trailer.kind}: ${trailer.value.replaceAll(/\s+/g, ' ').trim()}`);
  }
  if (added.length === 0) return message;
  const { start, lines } = findBlock(message);
  const gap = start === lines.length ? '\n' : '';
  return `${message.trimEnd()}\n${gap}${added.join('\n')}\n`;
}
