import { createHash, createPublicKey, verify } from 'node:crypto';
import { readHeaders } from './headers.ts';

/** What `git mailinfo --no-scissors` makes of a mail, as latin1 text: the form over which developers sign. */
export interface MailInfo {
  readonly author: string;
  readonly email: string;
  readonly subject: string;
  /** Message and patch, one after the other. */
  readonly body: string;
}

/** A developer's public key in base64, or null where it is not known. `algorithm` is `ed25519`. */
export type DeveloperKeys = (algorithm: string, identity: string, selector: string) => Promise<string | null>;

const HEADER = 'x-developer-signature';
const MOST = 5;
/** DER in front of the 32 bytes of an Ed25519 key (RFC 8410). */
const KEY_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const SIGNATURE_BYTES = 64;

/** A header's value in DKIM's relaxed form (RFC 6376, 3.4.2), without the line end. Byte A0 is a part of a letter here, no blank. */
function relaxed(value: string): string {
  const text = value.replaceAll(/[\r\n]/g, '').replaceAll(/[ \t\v\f]+/g, ' ');
  return text.replace(/^ /, '').replace(/ $/, '');
}

function fieldsOf(value: string): ReadonlyMap<string, string> {
  return new Map(
    value
      .replaceAll(/\s/g, '')
      .split(';')
      .flatMap((part): [string, string][] => {
        const at = part.indexOf('=');
        return at < 0 ? [] : [[part.slice(0, at), part.slice(at + 1)]];
      }),
  );
}

/** Lines with CRLF, empty ones at the end gone. */
function bodyOf(info: MailInfo): string {
  const lines = info.body.replace(/[\r\n]+$/, '').split('\n');
  return lines.map((line) => `${line.replace(/\r+$/, '')}\r\n`).join('');
}

/** The signed headers, each with its line end; the last of several is taken first, as DKIM does. */
function headersOf(names: readonly string[], mail: ReadonlyMap<string, readonly string[]>, info: MailInfo): string {
  const used = new Map<string, number>();
  return names
    .flatMap((name) => {
      const values = mail.get(name) ?? [];
      const count = (used.get(name) ?? 0) + 1;
      used.set(name, count);
      const value = values.at(-count);
      if (value === undefined) return [];
      if (name === 'from') return [`from:${relaxed(`${info.author} <${info.email}>`)}\r\n`];
      return [`${name}:${relaxed(name === 'subject' ? info.subject : value)}\r\n`];
    })
    .join('');
}

/** Whether the signature holds over the whole mail. */
function holds(value: string, key: string, mail: ReadonlyMap<string, readonly string[]>, info: MailInfo): boolean {
  const text = relaxed(value);
  const fields = fieldsOf(text);
  const names = (fields.get('h') ?? '').toLowerCase().split(':');
  const hash = createHash('sha256').update(bodyOf(info), 'latin1').digest('base64');
  const start = text.lastIndexOf('b=') + 2;
  if (fields.get('bh') !== hash || !names.includes('from') || !names.includes('subject')) return false;
  const signed = Buffer.from(text.slice(start).replaceAll(/\s/g, ''), 'base64');
  const digest = createHash('sha256')
    .update(`${headersOf(names, mail, info)}${HEADER}:${text.slice(0, start)}`, 'latin1')
    .digest();
  const raw = Buffer.from(key, 'base64');
  if (raw.length !== 32 || !signed.subarray(SIGNATURE_BYTES).equals(digest)) return false;
  const publicKey = createPublicKey({ key: Buffer.concat([KEY_PREFIX, raw]), format: 'der', type: 'spki' });
  return verify(null, digest, publicKey, signed.subarray(0, SIGNATURE_BYTES));
}

/**
 * What a developer's own signature says (X-Developer-Signature, as patatt writes it): `signed WHO`, `bad signature of WHO`, `no key of WHO`; null
 * where there is none. It holds over author, subject and all that `git am` would take, whatever lists did to the headers; a footer breaks it.
 * Signatures by OpenPGP or OpenSSH count as those without a key.
 */
export async function developerVerdict(
  raw: Uint8Array,
  keys: DeveloperKeys,
  mailInfo: (raw: Uint8Array) => Promise<MailInfo | null>,
): Promise<string | null> {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const mail = new Map<string, string[]>();
  for (const { name, value } of readHeaders(bytes, 0, bytes.length).fields) {
    const known = mail.get(name);
    if (known === undefined) mail.set(name, [value]);
    else known.push(value);
  }
  const signatures = (mail.get(HEADER) ?? []).slice(0, MOST);
  if (signatures.length === 0) return null;
  const info = await mailInfo(raw);
  const verdicts: string[] = [];
  for (const value of signatures) {
    const fields = fieldsOf(value);
    const who = (fields.get('i') ?? info?.email ?? '').toLowerCase();
    if (!/^[^\s@;<>]{1,64}@[^\s@;<>]{1,255}$/.test(who)) continue;
    const algorithm = (fields.get('a') ?? '').replace(/-sha256$/, '');
    const key = algorithm === 'ed25519' ? await keys(algorithm, who, fields.get('s') ?? 'default') : null;
    if (key === null) verdicts.push(`no key of ${who}`);
    else if (info !== null && holds(value, key, mail, info)) return `signed ${who}`;
    else verdicts.push(`bad signature of ${who}`);
  }
  return verdicts.find((one) => one.startsWith('bad')) ?? verdicts[0] ?? null;
}
