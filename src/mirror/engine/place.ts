import type { Hunk } from './hunk.ts';
import { misfit, decline } from './outcome.ts';
import { type Budget, LineTable } from './line-table.ts';

/** A stretch of the old text, `start` to `end`, that became `post`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly post: string;
}

/** The new text; the edits where all hunks lay in order, for a delta. */
export interface Patched {
  readonly text: string;
  readonly edits: readonly Edit[] | null;
}

/**
 * Applies the hunks of one file with the placement rules of git's apply.c and no fuzz: all context must match.
 * - A hunk that starts at line 1 or before belongs at the beginning; one without context behind it at the end.
 * - Any other is looked for from its *new* line number in the partly patched text, then one line forward, one back, two forward …
 * - It may not touch lines that an earlier hunk has left, context included.
 * @param text bytes as latin1 text
 * @throws Misfitting where git would say "patch does not apply", Refused past the budget
 */
export function applyHunks(text: string, hunks: readonly Hunk[], file: string, budget: Budget): Patched {
  const [first] = hunks;
  if (first === undefined) return { text, edits: [] };
  if (hunks.length === 1 && text === '' && first.preLines === 0) return { text: first.post, edits: null };
  return applyInOrder(text, hunks) ?? { text: applyAnywhere(text, hunks, file, budget), edits: null };
}

/** Where every hunk stands at its nominal place no table of lines is needed; null where one does not. */
function applyInOrder(text: string, hunks: readonly Hunk[]): Patched | null {
  const edits: Edit[] = [];
  const cursor = new Cursor(text);
  for (const hunk of hunks) {
    const start = cursor.placeOf(hunk, edits.length === 0);
    if (start < 0 || !text.startsWith(hunk.pre, start)) return null;
    const end = start + hunk.pre.length;
    if ((hunk.preOpen || hunk.postOpen) && end !== text.length) return null;
    edits.push({ start, end, post: hunk.post });
    cursor.pass(hunk, start);
  }
  return { text: splice(text, edits), edits };
}

/** Goes forward through the old text, counting lines. */
class Cursor {
  readonly #text: string;
  #at = 0;
  #line = 0;
  /** Lines that the hunks so far have added, less those that they have taken away. */
  #grown = 0;
  #atEnd = false;

  constructor(text: string) {
    this.#text = text;
  }

  /** Offset of the nominal place of a hunk; -1 where that takes more than a look. */
  placeOf(hunk: Hunk, first: boolean): number {
    if (hunk.preLines === 0 || this.#atEnd) return -1;
    const { pre, trailing } = hunk;
    if (hunk.oldStart <= 1) return first && (trailing > 0 || pre.length === this.#text.length) ? 0 : -1;
    if (trailing === 0) {
      const start = this.#text.length - pre.length;
      return start >= this.#at && (start === 0 || this.#text[start - 1] === '\n') ? start : -1;
    }
    return this.#seek(hunk.newStart - 1 - this.#grown);
  }

  #seek(line: number): number {
    if (line < this.#line) return -1;
    for (; this.#line < line; this.#line++) {
      const end = this.#text.indexOf('\n', this.#at);
      if (end < 0) return -1;
      this.#at = end + 1;
    }
    return this.#at;
  }

  pass(hunk: Hunk, start: number): void {
    if (hunk.oldStart <= 1) this.#line = 0;
    else if (hunk.trailing === 0) this.#atEnd = true;
    this.#at = start + hunk.pre.length;
    this.#line += hunk.preLines;
    this.#grown += hunk.postLines - hunk.preLines;
  }
}

function splice(text: string, edits: readonly Edit[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, post } of edits) {
    parts.push(text.slice(at, start), post);
    at = end;
  }
  parts.push(text.slice(at));
  return parts.join('');
}

/** The general search: hunks may lie at an offset and out of order. */
function applyAnywhere(text: string, hunks: readonly Hunk[], file: string, budget: Budget): string {
  const table = new LineTable(text, budget);
  for (const [number, hunk] of hunks.entries()) {
    const line = table.find(hunk);
    if (line < 0) misfit(file, 'patch does not apply', number);
    const problem = table.replace(hunk, line);
    if (problem !== null) decline('open-end', problem);
  }
  return table.text;
}
