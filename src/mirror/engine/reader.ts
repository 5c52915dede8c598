/** Goes through latin1 text line by line without splitting it: diffs are large, and most of their lines are only counted. */
export class Reader {
  readonly #text: string;
  #at = 0;
  #end: number;

  constructor(text: string) {
    this.#text = text;
    this.#end = this.#find(0);
  }

  get done(): boolean {
    return this.#at >= this.#text.length;
  }

  /** The line here, without its newline. */
  line(): string {
    return this.#text.slice(this.#at, this.#end);
  }

  /** Character code of the line's first character; 10 for an empty line, NaN at the end of the text. */
  code(): number {
    return this.#text.charCodeAt(this.#at);
  }

  /** Character code of the next line's first character. */
  codeOfNext(): number {
    return this.#text.charCodeAt(this.#end + 1);
  }

  hasNewline(): boolean {
    return this.#end < this.#text.length;
  }

  startsWith(prefix: string): boolean {
    return this.#text.startsWith(prefix, this.#at);
  }

  /** The line `count` lines further on, or null past the end. Does not move. */
  ahead(count: number): string | null {
    let at = this.#at;
    let end = this.#end;
    for (let step = 0; step < count; step++) {
      at = end + 1;
      if (at >= this.#text.length) return null;
      end = this.#find(at);
    }
    return this.#text.slice(at, end);
  }

  /** Goes to the next line. */
  next(): void {
    this.#at = Math.min(this.#end + 1, this.#text.length);
    this.#end = this.#find(this.#at);
  }

  #find(from: number): number {
    const end = this.#text.indexOf('\n', from);
    return end < 0 ? this.#text.length : end;
  }
}
