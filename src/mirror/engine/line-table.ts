import type { Hunk } from './hunk.ts';
import { Refused } from './outcome.ts';

/** Work that may still be spent on looking for hunks, in bytes compared. Shared by all patches of a series. */
export interface Budget {
  left: number;
}

/** Hostile, repetitive text costs lines times hunk. Real series stay below a thousandth of it. */
export const SEARCH_BYTES = 1e8;

/** @throws Refused when the budget is spent */
export function spend(budget: Budget, work: number): void {
  budget.left -= work;
  if (budget.left < 0) throw new Refused('it would take too long to find where its hunks belong');
}

/** A text with the offset of each line, while hunk after hunk is put into it. */
export class LineTable {
  #text: string;
  /** `#starts[i]`: offset of line i; one more for the end of the text. */
  #starts: Int32Array;
  /** Lines that hunks have left, as [from, to): no later hunk may touch them. */
  readonly #taken: { from: number; to: number }[] = [];
  readonly #budget: Budget;

  constructor(text: string, budget: Budget) {
    spend(budget, text.length);
    this.#text = text;
    this.#starts = lineStarts(text);
    this.#budget = budget;
  }

  get text(): string {
    return this.#text;
  }

  get #lines(): number {
    return this.#starts.length - 1;
  }

  /** Number of the line, from 0, where git puts the hunk; -1 where it fits nowhere. */
  find(hunk: Hunk): number {
    if (hunk.oldStart <= 1) return this.#fits(hunk, 0) ? 0 : -1;
    if (hunk.trailing === 0) {
      const last = this.#lines - hunk.preLines;
      return last >= 0 && this.#fits(hunk, last) ? last : -1;
    }
    const nominal = Math.min(Math.max(0, hunk.newStart - 1), this.#lines);
    if (this.#fits(hunk, nominal)) return nominal;
    const farthest = Math.max(nominal, this.#lines - nominal);
    for (let distance = 1; distance <= farthest; distance++) {
      if (nominal + distance <= this.#lines && this.#fits(hunk, nominal + distance)) return nominal + distance;
      if (nominal >= distance && this.#fits(hunk, nominal - distance)) return nominal - distance;
    }
    return -1;
  }

  #fits(hunk: Hunk, line: number): boolean {
    const end = line + hunk.preLines;
    const toTheEnd = hunk.trailing === 0;
    if (end > this.#lines || (toTheEnd && end !== this.#lines)) return false;
    const start = this.#starts[line] ?? 0;
    if (toTheEnd && start + hunk.pre.length !== this.#text.length) return false;
    spend(this.#budget, 20 + hunk.pre.length);
    if (!this.#text.startsWith(hunk.pre, start)) return false;
    spend(this.#budget, this.#taken.length);
    return !this.#taken.some(({ from, to }) => line < to && end > from);
  }

  /** Puts the hunk in. @returns what makes it unusual, and then the text is of no use; null else */
  replace(hunk: Hunk, line: number): string | null {
    const start = this.#starts[line] ?? 0;
    const end = this.#starts[line + hunk.preLines] ?? this.#text.length;
    if (hunk.preOpen && end !== start + hunk.pre.length) return 'a last line without newline stands for a whole one';
    if (hunk.postOpen && end !== this.#text.length) return 'a line without newline would stand inside the file';
    spend(this.#budget, this.#text.length + this.#starts.length);
    this.#text = this.#text.slice(0, start) + hunk.post + this.#text.slice(end);
    this.#starts = this.#startsWith(hunk, line, start, hunk.post.length - (end - start));
    const grown = hunk.postLines - hunk.preLines;
    for (const range of this.#taken) {
      if (range.from < line + hunk.preLines) continue;
      range.from += grown;
      range.to += grown;
    }
    this.#taken.push({ from: line, to: line + hunk.postLines });
    return null;
  }

  #startsWith(hunk: Hunk, line: number, start: number, shift: number): Int32Array {
    const added = lineStarts(hunk.post);
    const starts = new Int32Array(this.#starts.length - hunk.preLines + hunk.postLines);
    starts.set(this.#starts.subarray(0, line));
    for (let at = 0; at < hunk.postLines; at++) starts[line + at] = start + (added[at] ?? 0);
    const rest = this.#starts.subarray(line + hunk.preLines);
    for (let at = 0; at < rest.length; at++) starts[line + hunk.postLines + at] = (rest[at] ?? 0) + shift;
    return starts;
  }
}

function lineStarts(text: string): Int32Array {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  if (text !== '' && !text.endsWith('\n')) lines++;
  const starts = new Int32Array(lines + 1);
  for (let line = 1, at = 0; line < lines; line++) {
    at = text.indexOf('\n', at) + 1;
    starts[line] = at;
  }
  starts[lines] = text.length;
  return starts;
}
