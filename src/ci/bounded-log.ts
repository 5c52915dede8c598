/** Keeps the first half and the last half of a stream within `limit` bytes, however long it is. */
export class BoundedLog {
  readonly #half: number;
  readonly #head: Buffer[] = [];
  readonly #tail: Buffer[] = [];
  #headSize = 0;
  #tailSize = 0;
  #total = 0;

  constructor(limit: number) {
    this.#half = Math.max(1, Math.floor(limit / 2));
  }

  add(chunk: Buffer): void {
    this.#total += chunk.length;
    const first = chunk.subarray(0, this.#half - this.#headSize);
    if (first.length > 0) {
      // A copy: the chunk may be a small view of a large buffer, which would be kept alive with it.
      this.#head.push(Buffer.from(first));
      this.#headSize += first.length;
    }
    const rest = chunk.subarray(first.length);
    if (rest.length === 0) return;
    this.#tail.push(Buffer.from(rest));
    this.#tailSize += rest.length;
    this.#forget();
  }

  get truncated(): boolean {
    return this.#total > this.#headSize + Math.min(this.#tailSize, this.#half);
  }

  /** As text; bytes that are no UTF-8 become U+FFFD. */
  text(): string {
    const head = Buffer.concat(this.#head);
    const tail = Buffer.concat(this.#tail).subarray(-this.#half);
    if (!this.truncated) return Buffer.concat([head, tail]).toString('utf8');
    const lost = this.#total - head.length - tail.length;
    return `${wholeEnd(head)}\n[... ${lost} bytes of output left out ...]\n${wholeStart(tail)}`;
  }

  #forget(): void {
    for (;;) {
      const oldest = this.#tail[0];
      if (oldest === undefined || this.#tailSize - oldest.length < this.#half) return;
      this.#tail.shift();
      this.#tailSize -= oldest.length;
    }
  }
}

const isContinuation = (byte: number | undefined) => byte !== undefined && (byte & 0xc0) === 0x80;

/** Text without the character that the cut has halved at the end: at most three bytes of it are there. */
function wholeEnd(bytes: Buffer): string {
  let start = bytes.length - 1;
  while (start > bytes.length - 4 && isContinuation(bytes[start])) start--;
  const lead = bytes[start] ?? 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return bytes.subarray(0, start + length > bytes.length ? start : bytes.length).toString('utf8');
}

/** Text without the rest of a character that the cut has halved at the start. */
function wholeStart(bytes: Buffer): string {
  let start = 0;
  while (start < 3 && isContinuation(bytes[start])) start++;
  return bytes.subarray(start).toString('utf8');
}
