import { createHash, timingSafeEqual } from 'node:crypto';

/** What a token may be allowed. */
export type Right = 'checks' | 'states' | 'delegate' | 'bundles';

/** Somebody who may write through the APIs. The token itself is not known here. */
export interface Token {
  /** User name. */
  readonly name: string;
  /** Lower case. */
  readonly email: string;
  /** SHA-256 of the token, hex. */
  readonly sha256: string;
  readonly may: readonly Right[];
  /** Projects in which it may write; empty: all. */
  readonly projects: readonly string[];
}

/**
 * Whose token an Authorization header carries: `Token X` (Patchwork), `Bearer X`, or as the password of `Basic` (pwclient's XML-RPC). Null where
 * there is no such header, `unknown` where it is nobody's.
 */
export function tokenOf(header: string | undefined, tokens: readonly Token[]): Token | null | 'unknown' {
  if (header === undefined) return null;
  const [, scheme = '', given = ''] = /^(Token|Bearer|Basic) +(\S{1,500})$/i.exec(header.trim()) ?? [];
  const secret =
    scheme.toLowerCase() === 'basic'
      ? Buffer.from(given, 'base64')
          .toString('utf8')
          .replace(/^[^:]*:?/, '')
      : given;
  if (secret === '') return 'unknown';
  const digest = createHash('sha256').update(secret).digest();
  return tokens.find(({ sha256 }) => timingSafeEqual(Buffer.from(sha256, 'hex'), digest)) ?? 'unknown';
}

/** Whether a token may do this in a project. */
export function mayWrite(token: Token, right: Right, project: string): boolean {
  return token.may.includes(right) && (token.projects.length === 0 || token.projects.includes(project));
}
