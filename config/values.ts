import { z } from 'zod';
import type { Secret } from './config.ts';

/** Reports a wrong value: with words of its own, or else with the field's "found …; allowed: …". */
function wrong(context: z.RefinementCtx, input: unknown, say: string | null = null): never {
  context.issues.push({ code: 'custom', input, params: { say } });
  return z.NEVER;
}

/** A number with one of the given units, or a bare number that counts in the field's own unit. */
function quantity(factors: Readonly<Record<string, number>>, unit: number) {
  return z.union([z.number(), z.string()]).transform((value, context) => {
    const match = /^(\d{1,12})\s?([A-Za-z]{1,3})$/.exec(String(value));
    const factor = match === null ? unit : factors[match[2] ?? ''];
    const count = Number(match === null ? value : match[1]);
    const total = factor === undefined ? Number.NaN : Math.ceil((count * factor) / unit);
    return Number.isSafeInteger(total) && total > 0 ? total : wrong(context, value);
  });
}

/** Seconds from `90`, `90s`, `30m`, `2h`, `1d`. */
export function duration() {
  return quantity({ s: 1, m: 60, h: 3600, d: 86_400 }, 1);
}

/** A size from `4096` (in `unit` bytes), `25MB`, `4GiB`, in units of `unit` bytes. */
export function size(unit: number) {
  const factors = { B: 1, kB: 1e3, KB: 1e3, MB: 1e6, GB: 1e9, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };
  return quantity(factors, unit);
}

/** A mail address, lower case where `fold` is set. No quoted local parts, no comments. */
export function address(fold = false) {
  return z.string().transform((value, context) => {
    const good = value.length <= 254 && /^[^\s<>()[\]\\,;:"@]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(value);
    if (!good) return wrong(context, value);
    return fold ? value.toLowerCase() : value;
  });
}

/** One line of text without control characters. */
export function line() {
  return z.string().transform((value, context) => {
    const good = value.trim() !== '' && value.length <= 1000 && !/[\u0000-\u001f\u007f]/.test(value);
    return good ? value.trim() : wrong(context, value);
  });
}

/** A path below a tree: relative, without `..`. */
export function inTree() {
  return z.string().transform((value, context) => {
    const good =
      value.length <= 300 && /^[\w.+@-]+(?:\/[\w.+@-]+)*$/.test(value) && !/(?:^|\/)\.\.?(?:\/|$)/.test(value);
    return good && !value.startsWith('-') ? value : wrong(context, value);
  });
}

/** `{env: NAME}` or `{file: PATH}`. The value found is never repeated: it may be the password itself. */
export function secret() {
  return z.unknown().transform((value, context): Secret => {
    const shown = 'write {env: NAME} or {file: PATH}';
    if (typeof value === 'string' || typeof value === 'number') {
      return wrong(context, null, `a password must not stand in this file: ${shown}`);
    }
    if (typeof value !== 'object' || value === null) return wrong(context, null, `missing; ${shown}`);
    const [entry, ...rest] = Object.entries(value as Record<string, unknown>);
    if (entry === undefined || rest.length > 0 || typeof entry[1] !== 'string' || entry[1] === '') {
      return wrong(context, null, `not readable as a secret: ${shown}`);
    }
    if (entry[0] === 'env') return { env: entry[1] };
    if (entry[0] === 'file') return { file: entry[1] };
    return wrong(context, null, `not readable as a secret: ${shown}`);
  });
}

/** Whether a text is the URL of a PostgreSQL database. */
export function isDatabaseUrl(text: string): boolean {
  return /^postgres(?:ql)?:\/\/\S+$/.test(text) && URL.canParse(text);
}

/** URL of a PostgreSQL database without password, or the place where the whole URL is. */
export function database() {
  return z.unknown().transform((value, context): Secret | string => {
    const elsewhere = 'write {env: NAME} or {file: PATH} for the whole URL';
    if (typeof value !== 'string') {
      const found = secret().safeParse(value);
      return found.success ? found.data : wrong(context, null, `neither a postgres:// URL nor a secret: ${elsewhere}`);
    }
    if (!isDatabaseUrl(value)) return wrong(context, value);
    if (new URL(value).password === '') return value;
    return wrong(context, null, `a password must not stand in this file: ${elsewhere}`);
  });
}

/** The hash of a token, which is not secret. */
export function tokenHash() {
  return z.string().transform((value, context) => {
    return /^sha256:[0-9a-f]{64}$/.test(value) ? value : wrong(context, value);
  });
}

/** Address of a server that is spoken to over http or https, without user, query or fragment; an IP address or `localhost` too. */
export function server() {
  return z.string().transform((value, context) => {
    const url = webUrl(value);
    return url?.search === '' && url.hash === '' ? value : wrong(context, value);
  });
}

/** Address of a web page, also with placeholders such as `{msgid}` in it; without user. */
export function webPage() {
  return z.string().transform((value, context) => (webUrl(value) === null ? wrong(context, value) : value));
}

function webUrl(value: string): URL | null {
  const url = URL.canParse(value) ? new URL(value) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || /[\s\u0000-\u001f\u007f]/.test(value)) return null;
  return url.username === '' && url.password === '' ? url : null;
}

/** `host:port` or `[v6]:port`. */
export function listen() {
  return z.string().transform((value, context) => {
    const match = /^(?:\[([0-9a-fA-F:.]{2,45})\]|([A-Za-z0-9.-]{1,253})):(\d{1,5})$/.exec(value);
    const port = Number(match?.[3]);
    if (match === null || port > 65_535) return wrong(context, value);
    return { host: match[1] ?? match[2] ?? '', port };
  });
}

/** A branch name by the rules of git-check-ref-format(1); `{target}` may stand in it. */
export function branch() {
  return z.string().transform((value, context) => {
    const name = value.replace('{target}', '0');
    const bad = /[\u0000-\u0020\u007f~^:?*[\\{}]|\.\.|\/\/|^[-/]|[/.]$|\.lock$|(?:^|\/)\.|^@$/;
    return name === '' || name.length > 200 || bad.test(name) ? wrong(context, value) : value;
  });
}

/** What git may fetch from: https, ssh, git or file URL, `user@host:path`, or a path. Never an option or a remote helper. */
export function repository() {
  return z.string().transform((value, context) => {
    const helper = /^[A-Za-z0-9+.-]+::/.test(value);
    const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(value)?.[1];
    const known = scheme === undefined || ['https', 'http', 'ssh', 'git', 'file'].includes(scheme);
    if (value === '' || value.startsWith('-') || helper || !known || /[\u0000-\u0020\u007f]/.test(value)) {
      return wrong(context, value);
    }
    return value;
  });
}

/** True for a repository that is a path and not a URL. */
export function isPath(value: string): boolean {
  return !/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(value) && !/^[^/]+:/.test(value);
}
