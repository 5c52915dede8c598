import { allValues, readHeaders } from './headers.ts';

/**
 * Domains whose DKIM signature our own mail server has verified: those with `dkim=pass` in the topmost Authentication-Results field
 * that bears its name (RFC 8601 §5: a server takes out what strangers wrote in its name). Lower case; empty where there is none.
 */
export function verifiedDomains(raw: Uint8Array, authserv: string): readonly string[] {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, Math.min(raw.byteLength, 256 * 1024));
  const { fields } = readHeaders(bytes, 0, bytes.length);
  const results = allValues(fields, 'authentication-results').map((value) => value.slice(0, 8_192));
  const own = results.find((value) => serverOf(value) === authserv.toLowerCase());
  if (own === undefined) return [];
  return own
    .replace(/\([^()]{0,500}\)/g, ' ')
    .split(';')
    .slice(1)
    .flatMap((result) => {
      if (!/^\s*dkim\s*=\s*pass\b/i.test(result)) return [];
      const domain = /\bheader\.d\s*=\s*"?([a-z0-9.-]{1,253})/i.exec(result)?.[1];
      const identity = /\bheader\.i\s*=\s*"?[^\s;"@]{0,64}@([a-z0-9.-]{1,253})/i.exec(result)?.[1];
      return [(domain ?? identity ?? '').toLowerCase()].filter((one) => one !== '');
    });
}

/** Whether a signature of one of the domains speaks for the address: its own domain or one above it (RFC 7489 §3.1.1, relaxed). */
export function isAligned(email: string, domains: readonly string[]): boolean {
  const host = email.toLowerCase().split('@').at(-1) ?? '';
  return domains.some((domain) => domain.includes('.') && (host === domain || host.endsWith(`.${domain}`)));
}

function serverOf(value: string): string {
  return (/^\s*([^\s;]{1,255})/.exec(value)?.[1] ?? '').toLowerCase();
}
