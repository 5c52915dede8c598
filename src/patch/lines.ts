/** Undoes format=flowed (RFC 3676) as `git mailinfo` does: stuffing removed, soft line breaks joined, the signature mark kept. */
function unflow(lines: readonly string[]): string[] {
  const out: string[] = [];
  let open: string[] = [];
  const close = (): void => {
    if (open.length > 0) out.push(open.join(''));
    open = [];
  };
  for (const line of lines) {
    if (line === '-- ') {
      close();
      out.push(line);
      continue;
    }
    const text = line.startsWith(' ') ? line.slice(1) : line;
    open.push(text);
    if (!text.endsWith(' ')) close();
  }
  close();
  return out;
}

/**
 * Lines of a mail's body as latin1 text (one char = one byte), no line ends. A CR is the transport's where the lines of the
 * diff's own headings end in one: git never writes it there. A CR that only added or removed lines have is content and stays.
 */
export function bodyLines(body: Uint8Array, flowed: boolean): string[] {
  const lines = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1').split('\n');
  if (lines.at(-1) === '') lines.pop();
  const carried = lines.some((line) => /^(?:@@ -\d.{0,200}|(?:---|\+\+\+|diff --git) [^\r]{1,1000})\r$/.test(line));
  const bare = carried ? lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line)) : lines;
  return flowed ? unflow(bare) : bare;
}
