/** A structured MIME header (RFC 2045 §5.1): `text/plain; charset=utf-8` and the like. */
export interface Parameterised {
  /** Lower case, without comments. */
  readonly value: string;
  /** Names in lower case; values unquoted, one char per byte. RFC 2231 pieces are joined and decoded. */
  readonly params: ReadonlyMap<string, string>;
}

const PARAM_CAP = 64;

/** Reads a structured header; never throws, takes what it can. */
export function parseParameters(header: string): Parameterised {
  const [value = '', ...pieces] = splitOutsideQuotes(header);
  const raw = new Map<string, string>();
  for (const piece of pieces.slice(0, PARAM_CAP)) {
    const equals = piece.indexOf('=');
    if (equals < 0) continue;
    const name = piece.slice(0, equals).trim().toLowerCase();
    if (!raw.has(name)) raw.set(name, piece.slice(equals + 1).trim());
  }
  return { value: value.trim().toLowerCase(), params: joinContinuations(raw) };
}

/** Splits at `;`, drops comments, undoes quoting: one pass over the characters. */
function splitOutsideQuotes(header: string): string[] {
  const pieces: string[] = [];
  let piece = '';
  let quoted = false;
  let depth = 0;
  for (let at = 0; at < header.length; at += 1) {
    const char = header.charAt(at);
    if (char === '\\' && (quoted || depth > 0)) {
      at += 1;
      if (depth === 0) piece += header.charAt(at);
    } else if (quoted) {
      if (char === '"') quoted = false;
      else piece += char;
    } else if (char === '(') depth += 1;
    else if (depth > 0) depth -= char === ')' ? 1 : 0;
    else if (char === '"') quoted = true;
    else if (char === ';') {
      pieces.push(piece);
      piece = '';
    } else piece += char;
  }
  pieces.push(piece);
  return pieces;
}

/** RFC 2231: `name*0=a; name*1=b` is one value, `name*=utf-8''a%20b` is percent-encoded. */
function joinContinuations(raw: ReadonlyMap<string, string>): Map<string, string> {
  const params = new Map<string, string>();
  for (const [name, value] of raw) {
    const star = name.indexOf('*');
    if (star < 0) {
      params.set(name, value);
      continue;
    }
    const base = name.slice(0, star);
    const encoded = name.endsWith('*');
    const text = encoded ? decodeExtended(value) : value;
    const first = name === `${base}*` || name.startsWith(`${base}*0`);
    params.set(base, first ? text : (params.get(base) ?? '') + text);
  }
  return params;
}

function decodeExtended(value: string): string {
  const text = /^[A-Za-z0-9_.-]*'[A-Za-z0-9-]*'/.test(value)
    ? value.slice(value.indexOf("'", value.indexOf("'") + 1) + 1)
    : value;
  try {
    return Buffer.from(decodeURIComponent(text)).toString('latin1');
  } catch {
    return text;
  }
}
