import { allValues, readHeaders } from './headers.ts';

/** The tag that names the signer: the domain of DKIM (RFC 6376 §3.5), the developer of patatt. */
const SIGNER = { 'dkim-signature': 'd', 'x-developer-signature': 'i' } as const;

/**
 * Whether every signature of a signer covers what ties a mail to its place: its own name or that of the mail it answers. Without that,
 * anybody can take a genuine mail and put it under another one. All of them must, because which of several held is not known here.
 * @param signer domain or address, lower case
 */
export function tiesToThread(raw: Uint8Array, header: keyof typeof SIGNER, signer: string): boolean {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, Math.min(raw.byteLength, 256 * 1024));
  return allValues(readHeaders(bytes, 0, bytes.length).fields, header)
    .map(tagsOf)
    .filter((tags) => (tags.get(SIGNER[header]) ?? signer).toLowerCase() === signer)
    .every((tags) => {
      const covered = (tags.get('h') ?? '').toLowerCase().split(':');
      return covered.includes('message-id') || covered.includes('in-reply-to');
    });
}

function tagsOf(value: string): ReadonlyMap<string, string> {
  return new Map(
    value
      .slice(0, 16_384)
      .replace(/\s/g, '')
      .split(';')
      .flatMap((part): [string, string][] => {
        const at = part.indexOf('=');
        return at < 1 ? [] : [[part.slice(0, at), part.slice(at + 1)]];
      }),
  );
}
