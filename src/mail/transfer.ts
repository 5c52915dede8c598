/** Undoes a Content-Transfer-Encoding (RFC 2045 §6). Damaged input gives what can be read of it. */
export function decodeTransfer(bytes: Buffer, encoding: string): Buffer {
  if (encoding === 'base64') return decodeBase64(bytes);
  if (encoding === 'quoted-printable') return decodeQuotedPrintable(bytes);
  return bytes;
}

/** Whether `decodeTransfer` knows it; `7bit`, `8bit`, `binary` and none are the identity. */
export function isKnownEncoding(encoding: string): boolean {
  return ['', '7bit', '8bit', 'binary', 'base64', 'quoted-printable'].includes(encoding);
}

/** CRLF becomes LF; a lone CR stays. Gives the same buffer where there is none. */
export function foldCrlf(bytes: Buffer): Buffer {
  let from = bytes.indexOf('\r\n');
  if (from < 0) return bytes;
  const out = Buffer.allocUnsafe(bytes.length);
  let size = bytes.copy(out, 0, 0, from);
  for (; from < bytes.length; from += 1) {
    const byte = bytes[from] ?? 0;
    if (byte === 0x0d && bytes[from + 1] === 0x0a) continue;
    out[size] = byte;
    size += 1;
  }
  return out.subarray(0, size);
}

/**
 * Buffer's decoder skips what is not in the alphabet, as RFC 2045 §6.8 asks for. List software glues a plain footer behind a
 * base64 body: what follows the padding, or a rule of underscores, is no data.
 */
function decodeBase64(bytes: Buffer): Buffer {
  const ends = [bytes.indexOf(0x3d), bytes.indexOf('\n_'), bytes.length].filter((end) => end >= 0);
  return Buffer.from(bytes.toString('latin1', 0, Math.min(...ends)), 'base64');
}

function decodeQuotedPrintable(bytes: Buffer): Buffer {
  const out = Buffer.allocUnsafe(bytes.length);
  let size = 0;
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0;
    if (byte === 0x3d) {
      const softEnd = softBreakEnd(bytes, at + 1);
      const code = softEnd < 0 ? hexByte(bytes, at + 1) : -1;
      if (softEnd >= 0) at = softEnd;
      else if (code >= 0) {
        out[size++] = code;
        at += 3;
      } else {
        out[size++] = byte;
        at += 1;
      }
    } else if (byte === 0x20 || byte === 0x09) {
      const end = blankRunEnd(bytes, at);
      // Blanks before a line end were added on the way: RFC 2045 §6.7 rule 3.
      if (!isLineEnd(bytes, end)) size += bytes.copy(out, size, at, end);
      at = end;
    } else {
      out[size++] = byte;
      at += 1;
    }
  }
  return out.subarray(0, size);
}

/** Where a soft line break that starts after `=` at `at` ends, or -1. */
function softBreakEnd(bytes: Buffer, at: number): number {
  const end = blankRunEnd(bytes, at);
  if (end >= bytes.length) return end;
  if (bytes[end] === 0x0a) return end + 1;
  if (bytes[end] === 0x0d && bytes[end + 1] === 0x0a) return end + 2;
  return -1;
}

function blankRunEnd(bytes: Buffer, at: number): number {
  let end = at;
  while (bytes[end] === 0x20 || bytes[end] === 0x09) end += 1;
  return end;
}

function isLineEnd(bytes: Buffer, at: number): boolean {
  return at >= bytes.length || bytes[at] === 0x0a || (bytes[at] === 0x0d && bytes[at + 1] === 0x0a);
}

function hexByte(bytes: Buffer, at: number): number {
  const high = hexDigit(bytes[at]);
  const low = hexDigit(bytes[at + 1]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
