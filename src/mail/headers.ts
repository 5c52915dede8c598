/** One header field: name in lower case; value unfolded, one char per byte (latin1). */
export interface HeaderField {
  readonly name: string;
  readonly value: string;
}

/** The header block of a mail or of a MIME part. */
export interface HeaderBlock {
  readonly fields: readonly HeaderField[];
  /** Offset of the first byte after the empty line; the end of input where there is none. */
  readonly bodyStart: number;
  /** True where lines were met that are no header, or where a cap was hit. */
  readonly damaged: boolean;
}

/** Longest field value that is kept, in bytes. Real ones (ARC, Exchange) stay below 20,000. */
export const VALUE_CAP = 128 * 1024;
const FIELD_CAP = 2_000;
const NAME_CAP = 128;
/** RFC 5322 §2.2: printable characters but the colon; blanks before the colon are obsolete syntax (§4.5). */
const FIELD_NAME = /^[!-9;-~]+[ \t]*$/;

/**
 * Reads the header block of `bytes[start, end)` in one pass. Never throws: lines that are no header are skipped, and a part
 * that begins with one has no header at all.
 */
export function readHeaders(bytes: Buffer, start: number, end: number): HeaderBlock {
  const reader = new FieldReader();
  let at = start;
  while (at < end) {
    const newline = bytes.indexOf(0x0a, at);
    const next = newline < 0 || newline >= end ? end : newline + 1;
    const textEnd = trimEol(bytes, at, next);
    if (textEnd === at) return { fields: reader.finish(), bodyStart: next, damaged: reader.damaged };
    const line = bytes.toString('latin1', at, Math.min(textEnd, at + VALUE_CAP));
    if (textEnd - at > VALUE_CAP) reader.damaged = true;
    if (!reader.take(line) && reader.empty && !isPostmark(line)) return { fields: [], bodyStart: at, damaged: true };
    at = next;
  }
  return { fields: reader.finish(), bodyStart: end, damaged: reader.damaged };
}

/** Value of the first field of that name (lower case), or null. */
export function firstValue(fields: readonly HeaderField[], name: string): string | null {
  return fields.find((field) => field.name === name)?.value ?? null;
}

/** Values of all fields of that name (lower case), topmost first. */
export function allValues(fields: readonly HeaderField[], name: string): string[] {
  return fields.filter((field) => field.name === name).map((field) => field.value);
}

/** Gathers lines into fields. Parts of a folded value are joined once, at its end: a value of many lines stays linear. */
class FieldReader {
  readonly #fields: HeaderField[] = [];
  #name: string | null = null;
  #parts: string[] = [];
  #size = 0;
  damaged = false;

  get empty(): boolean {
    return this.#name === null && this.#fields.length === 0;
  }

  /** False where the line is neither a field nor the continuation of one. */
  take(line: string): boolean {
    if (line.startsWith(' ') || line.startsWith('\t')) return this.#continue(line);
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.min(Math.max(colon, 0), NAME_CAP));
    if (!FIELD_NAME.test(name)) {
      this.#close();
      this.damaged = true;
      return false;
    }
    this.#close();
    this.#name = name.trimEnd().toLowerCase();
    this.#parts = [line.slice(colon + 1).trim()];
    this.#size = line.length;
    return true;
  }

  finish(): HeaderField[] {
    this.#close();
    return this.#fields;
  }

  #continue(line: string): boolean {
    if (this.#name === null) {
      this.damaged = true;
      return false;
    }
    this.#size += line.length;
    if (this.#size <= VALUE_CAP) this.#parts.push(line.trim());
    else this.damaged = true;
    return true;
  }

  #close(): void {
    if (this.#name === null) return;
    if (this.#fields.length < FIELD_CAP) this.#fields.push({ name: this.#name, value: this.#parts.join(' ').trim() });
    else this.damaged = true;
    this.#name = null;
  }
}

/** Where the text of the line `[start, next)` ends: without LF or CRLF. */
function trimEol(bytes: Buffer, start: number, next: number): number {
  let end = next;
  if (end > start && bytes[end - 1] === 0x0a) end -= 1;
  if (end > start && bytes[end - 1] === 0x0d) end -= 1;
  return end;
}

/** `From x@y date` or its quoted form before the first header: left over by some mbox tools. */
function isPostmark(line: string): boolean {
  return line.startsWith('From ') || line.startsWith('>From ');
}
